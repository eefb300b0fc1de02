"""A reader who is nobody: to see what an agency sees, by asking exactly what is asked of its people."""

from accounts.models import Agency, Membership, Seat, User
from accounts.roles import Role


def reader_of(agency: Agency) -> User:
    """Somebody who holds every role that is held in this agency now, and has no account.

    Whatever asks what a user may see answers for it as for a real one. It has no key, so nothing
    can be recorded or shared in its name, and what an agency keeps to itself is not open to it.
    """
    rows = Membership.objects.current().filter(agency=agency, user__is_active=True)
    roles = frozenset(Role(role) for role in rows.values_list("role", flat=True))
    nobody = User(name=f"A reader at {agency.name}")
    nobody.seats = [Seat(agency, roles)]  # in place of the query of a real one
    return nobody
