"""Handing the coordination of a released case over to another lead or council."""

from typing import Any

from accounts.models import Agency, User
from prevent_cms.presentation import Who
from referrals import routing
from referrals.actions.sharing import Grounds
from referrals.forms.checked import CheckedForm
from referrals.forms.grounds import MAY, TEST, GroundsForm, told
from referrals.forms.release import RouteForm
from referrals.models import Case, Routing
from referrals.routing import Proposal

ENTER_WHY = "Enter why they coordinate from now on"
ALWAYS = ("purpose", "gateway", "necessity", "relevance", "proportionality", "fairness")


class HandOverForm(RouteForm, GroundsForm, CheckedForm):
    """Who coordinates from now on and why; for a council that is not let in yet, why one may share."""

    title = "Hand over the coordination"
    go = "Hand over"
    is_changing = True
    who_sees_all = Who("police and the coordinators of this case read this form.")

    def __init__(
        self, data: Any = None, *, case: Case, by: User, proposal: Proposal, now: Routing | None
    ) -> None:
        super().__init__(data)
        self.case, self.now = case, now
        self.ask_route(case, proposal)
        self.fields["route_reason"].label = "Why they coordinate from now on"
        self.fields["route_reason"].required = True
        self.fields["route_reason"].error_messages["required"] = ENTER_WHY
        self.let_in = {one.pk for one in routing.coordinating(case)}
        self.has_grounds = "council" in self.fields
        if self.has_grounds:
            new = [one for one in proposal.councils if one.pk not in self.let_in]
            hubs = [one for one in routing.hubs_of(case, new) if one.pk not in self.let_in]
            self.ask_agreement(case.area, [*new, *hubs], by=by, case=case)
        for name in (*MAY, *TEST):
            if self.has_grounds:
                self.fields[name].required = False
            else:
                del self.fields[name]

    def receiving(self) -> list[Agency]:
        return [one for one in self.chosen_councils() if one.pk not in self.let_in]

    @property
    def is_new(self) -> bool:
        """Whether a council is chosen that has not been let in."""
        route = self.route()
        return any(one.pk not in self.let_in for one in (route.council, *route.also))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.has_grounds and not ({"council", "also"} & set(self.errors)) and self.is_new:
            for name in ALWAYS:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned

    def the_grounds(self) -> Grounds | None:
        """Why the case may be shared with a council that is new to it."""
        return self.grounds() if self.has_grounds and self.is_new else None

    def given(self) -> list[tuple[str, Any]]:
        route, grounds = self.route(), self.the_grounds()
        rows: list[tuple[str, Any]] = [("Council", route.council.name)]
        rows += [("Councils beside it", [one.name for one in route.also])] if route.also else []
        rows += [("Lead", routing.Lead(route.lead).label), ("Why", route.reason)]
        return rows + (told(grounds) if grounds else [])

    def follows(self) -> list[str]:
        route, now = self.route(), self.now
        said = [
            f"{routing.Lead(route.lead).label} of {route.council.name} coordinates with police."
        ]
        if now and now.council_id != route.council.pk and now.council not in route.also:
            said.append(f"{now.council.name} can no longer open the case, from its next click.")
        if self.is_new:
            said.append("The register of disclosures keeps with whom the case was shared, and why.")
        return [*said, "Nobody is asked anything, and no date moves. Consent stays as recorded."]
