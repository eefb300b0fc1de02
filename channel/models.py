"""Django looks for models here; they live in the packages they belong to."""

from channel.meetings.models import *  # noqa: F403
from channel.support.models import *  # noqa: F403
