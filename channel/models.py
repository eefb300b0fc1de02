"""Django looks for models here; they live in the packages they belong to."""

from channel.exports.models import *
from channel.meetings.models import *
from channel.support.models import *
