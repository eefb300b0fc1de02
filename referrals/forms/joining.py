"""Forms of joining a repeat referral, and of releasing it where it has joined."""

from typing import Any

from accounts.models import Agency, User
from prevent_cms import fields
from prevent_cms.presentation import Who
from referrals import joining, routing
from referrals.forms.desk import ReasonForm
from referrals.forms.grounds import GroundsForm
from referrals.forms.source import SourceForm
from referrals.models import Case


class JoinForm(ReasonForm):
    into = fields.RadioModelChoice(
        None, label="Which case does it join?", what="the case that it joins", small=True
    )
    field_order = ("into", "reason")

    def __init__(self, data: Any = None, *, user: User, case: Case) -> None:
        super().__init__(data)
        field: Any = self.fields["into"]
        field.queryset = joining.targets(user, case)
        field.label_from_instance = lambda one: f"{one.reference}, {one.stage.label.lower()}"


class ReferralReleaseForm(SourceForm, GroundsForm):
    """Why the coordinators are to read a further referral; it is entered in the register."""

    who_sees_all = Who("police and the coordinators of this case.")

    def __init__(self, data: Any = None, *, case: Case, by: User) -> None:
        super().__init__(data)
        self.councils = routing.coordinating(case)
        self.ask_agreement(case.area, self.councils, by=by, case=case)
        self.ask_source(True)

    def receiving(self) -> list[Agency]:
        return self.councils
