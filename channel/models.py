"""Django looks for models here; they live in the packages they belong to."""

from channel.meetings.models import *
from channel.support.models import *
