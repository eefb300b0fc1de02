"""What an administrator does to an account with one button, and the words that come before it."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.actions import people
from accounts.models import User
from accounts.people.queries import Person
from accounts.people.states import State


@dataclass(frozen=True)
class Act:
    """One page with one button: its title and consequences, the button, and what is said after."""

    link: str
    title: str
    lead: str
    button: str
    done: str
    do: Callable[..., None]
    fits: Callable[[Person], bool]
    kind: str = ""


def _is_on(person: Person) -> bool:
    return person.state != State.OFF


def _has_begun(person: Person) -> bool:
    return person.state in (State.WORKING, State.NO_ROLE)


ACTS: dict[str, Act] = {
    "invite-again": Act(
        "Send the invitation again",
        "Send the invitation again?",
        "A new link goes to their mailbox and works for 7 days. Earlier links stop working.",
        "Send the invitation",
        "The invitation has been sent again",
        people.invite_again,
        lambda person: person.state == State.INVITED,
    ),
    "sign-out": Act(
        "Sign them out everywhere",
        "Sign them out everywhere?",
        "They are signed out in every browser at once, and can sign in again.",
        "Sign out everywhere",
        "They are signed out everywhere",
        people.sign_out,
        lambda person: _has_begun(person) and person.sessions > 0,
    ),
    "reset": Act(
        "Let them set up signing in again",
        "Let them set up signing in again?",
        "For somebody who has lost their phone and their recovery codes, or whose account may not "
        "be safe. First make sure that it is them who ask, by a call to a number you know. "
        "Their password, passkeys, app and codes stop working and they are signed out everywhere. "
        "A link to begin again goes to their mailbox and works for 7 days.",
        "Send the link",
        "A link to begin again has been sent",
        people.reset_sign_in,
        _has_begun,
        "warning",
    ),
    "switch-off": Act(
        "Switch off the account",
        "Switch off this account?",
        "They are signed out everywhere at once and cannot sign in. Their roles, and what they "
        "wrote, stay as they are. Nothing is deleted.",
        "Switch off",
        "The account is switched off",
        people.deactivate,
        _is_on,
        "warning",
    ),
    "switch-on": Act(
        "Switch on the account again",
        "Switch on this account again?",
        "They can sign in as before, with the roles that have not ended.",
        "Switch on",
        "The account is switched on again",
        people.reactivate,
        lambda person: person.state == State.OFF,
    ),
}


def acts_for(person: Person, *, by: User) -> dict[str, Act]:
    """The acts that make sense for this account; none for one's own."""
    if person.user == by:
        return {}
    return {slug: act for slug, act in ACTS.items() if act.fits(person)}
