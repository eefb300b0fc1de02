"""Forms on who may not open a case though their agency has it: restriction, conflict of interest."""

from typing import Any

from accounts.models import User
from prevent_cms import fields
from prevent_cms.fields.base import sentence
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import consequences, holders
from referrals.forms.checked import CheckedForm
from referrals.models import Bar, Case

RECORDERS = Who("the police Prevent supervisor, the panel chair and the deputy.")
POLICE_RECORDERS = Who("the police Prevent supervisor only.", police=True)


class RestrictForm(CheckedForm):
    """Leaving a case open to named people only."""

    title = "Restrict this case"
    go = "Restrict the case"
    who_sees_all = Who("those of the people you name who coordinate the case.")
    people = fields.CheckboxModelChoices(
        None,
        label="Who else can open it",
        what="who can open it",
        help_text="People of the agencies that the case is shared with.",
        required=False,
        small=True,
    )
    reason = fields.LongText(label="Why it is restricted", what="why it is restricted", rows=3)

    def __init__(self, data: Any = None, *, case: Case, by: User) -> None:
        super().__init__(data)
        self.always = {one.pk: one for one in (case.owner, by) if one}
        labels = holders.people_to_name(case)
        field: Any = self.fields["people"]
        field.queryset = User.objects.filter(pk__in=labels.keys() - self.always.keys())
        field.choices = [(pk, words) for pk, words in labels.items() if pk not in self.always]
        field.initial = holders.named(case)
        names = " and ".join("you" if one == by else one.name for one in self.always.values())
        self.lead = f"{sentence(names)} can open the case in any event."

    def names(self) -> list[str]:
        """Everybody who can open it then."""
        people = [*self.always.values(), *self.cleaned_data["people"]]
        return sorted({one.name for one in people})

    def given(self) -> list[tuple[str, Any]]:
        return [("Named people", self.names()), ("Reason", self.cleaned_data["reason"])]

    def follows(self) -> list[str]:
        return consequences.of_restricting(self.names())


class LiftForm(CheckedForm):
    """Opening a restricted case again."""

    title = "Lift the restriction"
    go = "Lift the restriction"
    who_sees_all = Mark.COORDINATION
    reason = fields.LongText(label="Why you lift it", what="why you lift it", rows=3)

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        self.case = case
        if not case.is_released:
            self.who_sees_all = Mark.POLICE

    def given(self) -> list[tuple[str, Any]]:
        return [("Reason", self.cleaned_data["reason"])]

    def follows(self) -> list[str]:
        return consequences.of_lifting_restriction(self.case)


class BarForm(CheckedForm):
    """Keeping one person out because of a conflict of interest."""

    title = "Record a conflict of interest"
    go = "Keep this person out"
    who_sees_all = RECORDERS
    lead = "For somebody who must not learn of this case: a relative, a friend, a neighbour."
    person = fields.SelectModelChoice(None, label="Who is kept out", what="who is kept out")
    reason = fields.LongText(label="The conflict of interest", rows=3)

    def __init__(self, data: Any = None, *, case: Case, by: User) -> None:
        super().__init__(data)
        self.fields["person"].queryset = holders.people_to_bar(case, by)  # type: ignore[attr-defined]
        self.who_sees_all = of_bars(case)

    def given(self) -> list[tuple[str, Any]]:
        return [
            ("Who is kept out", self.cleaned_data["person"].label),
            ("Conflict of interest", self.cleaned_data["reason"]),
        ]

    def follows(self) -> list[str]:
        return consequences.of_bar(self.cleaned_data["person"])


class LiftBarForm(CheckedForm):
    """Letting somebody in again."""

    title = "End a conflict of interest"
    go = "Let this person in again"
    who_sees_all = RECORDERS
    reason = fields.LongText(label="Why it has ended", what="why it has ended", rows=3)

    def __init__(self, data: Any = None, *, bar: Bar) -> None:
        super().__init__(data)
        self.bar = bar
        self.lead = f"{bar.user.name} is kept out of this case."
        self.who_sees_all = of_bars(bar.case)

    def given(self) -> list[tuple[str, Any]]:
        return [("Who", self.bar.user.label), ("Reason", self.cleaned_data["reason"])]

    def follows(self) -> list[str]:
        return consequences.of_lifting_bar(self.bar.user)


def of_bars(case: Case) -> Who:
    """Who reads of conflicts of interest: those who record them."""
    return RECORDERS if case.is_released else POLICE_RECORDERS
