"""Every kind of export, by the code that its rows carry."""

from channel.exports.files import Kind
from channel.meetings import bundle
from channel.meetings.pack import export as pack

KINDS: dict[str, Kind] = {
    "minutes": Kind("Minutes", bundle.require, bundle.make),
    "pack": Kind("Pack of a panel meeting", pack.require, pack.make, pack.left),
}
