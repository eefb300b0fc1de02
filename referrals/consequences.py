"""What the other agencies will see from the moment something is saved, in sentences."""

from accounts import grants
from accounts.models import Agency, User
from accounts.roles import ShareKind
from referrals.consent import Standing
from referrals.models import Case, Consent, Deconfliction
from referrals.workflow import Status

NOBODY = "No agency outside police can tell that this case exists, and that stays so."
UNCHANGED = (
    "For every other agency nothing changes: the same stage “{stage}”, the same words, the same "
    "dates, the same requests."
)

JOINING = [
    "The referral goes over to the case you choose, and the case it came with is closed.",
    "For every other agency nothing changes: no page, date, count or label of the open case moves.",
    "It stays with police until it is clear there, and until you release it.",
]
CLOSED_AS_SEEN = (
    "Coordinators read the outcome and the reason. Agencies that were asked, or are on the panel, "
    "read that the case is closed."
)


def of_check(case: Case, outcome: str) -> list[str]:
    """What follows from a check with this outcome."""
    is_clear = outcome in Deconfliction.PASSING
    if is_clear and case.status == Status.HELD:
        return [f"The case goes on at the stage “{case.stage.label}”.", *of_resuming(case)]
    if is_clear and case.status == Status.DECONFLICTION:
        return [NOBODY, "You can release the case next. You then choose who is asked, and what."]
    if is_clear:
        return ["The check is recorded. For every other agency nothing changes."]
    if case.status == Status.HELD:
        return ["The case stays held.", *of_hold(case)]
    return ["The case is held until a new check is clear.", *of_hold(case)]


def of_hold(case: Case) -> list[str]:
    """What a hold looks like from outside police."""
    if not case.is_released:
        return [NOBODY]
    return [UNCHANGED.format(stage=case.stage.label)]


def of_referral_release(case: Case) -> list[str]:
    """What follows when the content of a further referral is released."""
    return [
        "Coordinators read the referral on the Referral tab, and on the timeline that it was released.",
        "Agencies that have the case see the names, dates of birth and addresses that it adds.",
        "Who wants to stay anonymous is shown to police only. No date and no stage changes.",
    ]


def of_screening(goes_on: bool) -> list[str]:
    """What follows from a screening decision."""
    if goes_on:
        return [NOBODY, "The next step is the check against live investigations."]
    return [NOBODY, "The case is closed. The referral stays on record and is found again."]


def of_closing(case: Case) -> list[str]:
    """What follows from closing the case."""
    if not case.is_released:
        return [NOBODY]
    return [
        CLOSED_AS_SEEN,
        "The outcome “Subject of an investigation” and its reason are shown to police only.",
        "So is everything that you record here when a crime is suspected.",
    ]


def of_resuming(case: Case) -> list[str]:
    """What ending a hold looks like from outside police."""
    if not case.is_released:
        return [NOBODY]
    said = "Other agencies never saw the hold. Their stage, dates and requests stay as they are."
    groups = grants.shares_of(case).filter(waits=True).values("group_id")
    names = (
        Agency.objects.filter(group_id__in=groups).order_by("name").values_list("name", flat=True)
    )
    return [said, *(f"{name} can open the case, which was shared meanwhile." for name in names)]


# What an agency sees through a share that is given to it alone.
SEES: dict[str, list[str]] = {
    ShareKind.PANEL: [
        "Who the case is about: names, date of birth, addresses.",
        "What bears the mark Panel: agenda items, discussions, decisions, actions, the plan, reviews.",
        "At which stage the case is, who owns it, and what happened at the panel.",
    ],
    ShareKind.DELIVER: [
        "Who the case is about: names, date of birth, addresses.",
        "Its own items of the support plan, their sessions, and the risk to those who deliver them.",
        "At which stage the case is, and who owns it.",
    ],
}
NEVER_SEES = (
    "Not the referral, not what other agencies answered, not consent notes, nothing of police."
)


def of_sharing(case: Case, kind: str) -> list[str]:
    """What an agency will see from the moment a case is shared with it."""
    found = [*SEES[kind], NEVER_SEES]
    if case.status == Status.HELD:
        found.append("The case is held, so the share opens nothing until the hold ends.")
    if case.is_restricted:
        found.append("The case is restricted, so the share opens nothing until that is lifted.")
    return found


def of_unsharing(agency: Agency, kind: str) -> list[str]:
    """What follows from ending the share of an agency."""
    found = [
        f"{agency.name} loses it with its next click, in pages that are open and in downloads."
    ]
    if kind == ShareKind.RESPOND:
        found.append("It can no longer answer what it was asked. Its earlier answers stay.")
    if kind == ShareKind.DELIVER:
        found.append("It can no longer open its items of the support plan.")
    return [*found, "What it has done and written stays on record. The reason is not sent to it."]


def of_notice(case: Case, agency: Agency) -> list[str]:
    """What follows from sending a safeguarding notice."""
    days = case.area.rules.notice_working_days
    return [
        f"{agency.name} reads the text below, the day by which to answer, and nothing else.",
        "It is let in to nothing: not the case, its reference or its stage.",
        "Its mailbox gets a neutral message with a link.",
        f"It is asked to answer within {days} working day{'' if days == 1 else 's'}.",
        "The answer comes back here and to your list of work.",
    ]


def of_restricting(people: list[str]) -> list[str]:
    """What follows from leaving a case open to these people only."""
    return [
        f"From now on only these people can open the case: {', '.join(people)}.",
        "For everybody else it is as if it did not exist, with their next click.",
        "That goes for lists, searches, figures and downloads too.",
        "On agendas and in minutes they read “Restricted item” with its number, and nothing else.",
        "What is shared with agencies stays on record and opens nothing until this is lifted.",
    ]


def of_lifting_restriction(case: Case) -> list[str]:
    """What follows from lifting a restriction."""
    if not case.is_released:
        return ["Police of this area can open the case again.", NOBODY]
    return ["Every agency that the case is shared with can open it again, in its kind of share."]


def of_bar(user: User) -> list[str]:
    """What follows from keeping somebody out."""
    return [
        f"{user.name} can no longer learn that this case exists, with the next click.",
        "Nobody tells them, and no page does.",
        "Only those who record conflicts of interest, and others who audit for police, read of it.",
        "On agendas and in minutes they read “Restricted item” with its number, and nothing else.",
        "It does not end what their agency has. An emergency does not open the case to them.",
    ]


def of_lifting_bar(user: User) -> list[str]:
    """What follows from letting somebody in again."""
    return [f"{user.name} can open the case again, as far as it is shared with their agency."]


STOPPED = "No item of support can start, and every item that was open has been stopped."
DECIDE = (
    "Decide next: back to the panel, to be assessed again by a date (section 36(4)), or closed."
)
WITHOUT_CHANNEL = (
    "The local authority and others can still offer help outside Channel. Police manage any risk of "
    "terrorism."
)
CHILD_WITHOUT = (
    "A child without consent is not managed in Channel and may need a plan for managing the risk. "
    "Where significant harm is suspected, social care for children takes part in the decision: send "
    "it a safeguarding notice."
)
OTHER_GROUND = (
    "Each share from now on rests on another ground than consent, and says which and why."
)


def of_consent(case: Case, found: Standing) -> list[str]:
    """What follows while consent is refused or withdrawn (R114, R118-R121); nothing otherwise."""
    said, sharing = [], found.on(Consent.About.SHARING)
    if found.ended:
        decide = [DECIDE] if case.stage == Status.SUPPORT else []
        said += [STOPPED, *decide, WITHOUT_CHANNEL, CHILD_WITHOUT]
    if sharing and sharing.is_answer and sharing.position != Consent.Position.GIVEN:
        said.append(OTHER_GROUND)
    return said
