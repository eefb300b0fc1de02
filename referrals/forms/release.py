"""Releasing a case: who coordinates it, whom to ask, why that is lawful."""

from typing import Any

from django import forms

from accounts.models import Agency, User
from prevent_cms import clock, fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import routing
from referrals.actions.conversations import Said
from referrals.forms.information import LONG, AskForm
from referrals.models import Case, Conversation, Routing
from referrals.routing import Proposal, Route

ASKED = ("agencies", "question", "due_on")


class RouteForm(forms.Form):
    """Mixin: which council and which lead, where the area has several; the rules' answer stands."""

    who_sees_all = Who("police and the coordinators of this case read this form.")
    is_changing = False  # the case is released, so a reason is wanted whatever is chosen
    council = fields.RadioChoice(
        label="Which council coordinates",
        what="which council coordinates",
        choices=[],
        small=True,
    )
    also = fields.CheckboxChoices(
        label="Other councils that coordinate as well (optional)",
        what="other councils",
        choices=[],
        small=True,
        required=False,
    )
    which_lead = fields.RadioChoice(
        label="Which lead", what="which lead", choices=Routing.Lead.choices, small=True
    )
    route_reason = fields.LongText(
        label="Why, if it is not as proposed",
        what="why it is not as proposed",
        max_length=LONG,
        rows=2,
        required=False,
    )

    def ask_route(self, case: Case, proposal: Proposal) -> None:
        """Ask only what the area lets one choose, with the rules' answer chosen."""
        self.case, self.proposal, leads = case, proposal, routing.leads_of(case)
        councils = [(str(one.pk), one.name) for one in proposal.councils]
        choices = {"council": councils, "also": councils}
        choices["which_lead"] = [(one.value, one.label) for one in leads]
        for name, offered in choices.items():
            field: Any = self.fields[name]
            field.choices = offered
        self.only_lead = leads[0]
        council = str(proposal.council.pk) if proposal.council else ""
        self.initial = {**self.initial, "council": council, "which_lead": proposal.lead}
        asked = {name: len(offered) > 1 for name, offered in choices.items()}
        for name in [name for name, is_asked in asked.items() if not is_asked]:
            del self.fields[name]
        self.has_route = any(asked.values())
        if not self.has_route and not self.is_changing:
            del self.fields["route_reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.has_route and not ({"council", "which_lead"} & set(self.errors)):
            if cleaned.get("council") in (cleaned.get("also") or ()):
                self.add_error("also", "Select other councils than the one that coordinates")
            elif self._lacks_reason(cleaned):
                self.add_error("route_reason", "Enter why it is not as proposed")
        return cleaned

    def _lacks_reason(self, cleaned: dict[str, Any]) -> bool:
        is_told = "route_reason" in self.errors or cleaned.get("route_reason")
        return not is_told and not self.proposal.holds(self.route())

    def route(self) -> Route:
        """The answers as the action wants them; call when the form is valid."""
        given = self.cleaned_data
        councils = {str(one.pk): one for one in self.proposal.councils}
        council = given.get("council") or next(iter(councils))
        also = tuple(councils[pk] for pk in given.get("also") or ())
        lead = given.get("which_lead") or self.only_lead
        return Route(councils[council], lead, given.get("route_reason", ""), also)

    def chosen_councils(self) -> list[Agency]:
        """The councils that were chosen and the hub of the first, as far as the answers are right."""
        if {"council", "also", "which_lead"} & set(self.errors):
            return []
        return routing.let_in_by(self.case, self.route())


class ReleaseForm(AskForm, RouteForm):
    """As for asking, but a case may be released without a question to anyone.

    Where police are not those who ask, nobody is asked here (R87). What is urgent is told by
    telephone as well, and the call is logged here (R38).
    """

    called = fields.ShortText(
        label="Who did you telephone?",
        what="who you telephoned",
        help_text="Name, role and agency",
        max_length=200,
    )
    called_on = fields.DateField(
        label="Day of the call", what="day of the call", past=True, or_today=True
    )
    called_at = fields.TimeOfDay(
        label="Time of the call", what="the time of the call", help_text="Like 2:30pm"
    )
    said = fields.LongText(label="What was said", what="what was said", max_length=LONG, rows=3)

    who_sees = {**AskForm.who_sees, "route_reason": Mark.COORDINATION}

    def __init__(
        self,
        data: Any = None,
        *,
        case: Case,
        by: User,
        is_urgent: bool,
        proposal: Proposal,
        is_asker: bool = True,
    ) -> None:
        self.case, self.proposal, self.is_asker = case, proposal, is_asker
        super().__init__(data, case=case, by=by)
        self.fields["agencies"].required = False
        self.fields["agencies"].label = "Agencies to ask (optional)"
        self.is_urgent = is_urgent
        if not is_asker:
            self._ask_nobody()
        self.ask_route(case, proposal)
        self.initial["called_on"] = clock.today()
        for name in () if is_urgent else ("called", "called_on", "called_at", "said"):
            del self.fields[name]

    def offered(self, partners: list[Agency]) -> list[Agency]:
        councils = self.proposal.councils
        found = [*councils, *routing.hubs_of(self.case, councils)]
        return [*found, *(one for one in partners if self.is_asker and one not in found)]

    def receiving(self) -> list[Agency]:
        return [*self.chosen_councils(), *super().receiving()]

    def _ask_nobody(self) -> None:
        self.conditional = {}
        for name in [*ASKED, *(name for name in self.fields if name.startswith("own_"))]:
            del self.fields[name]

    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        found: dict[str, Any] = super().answers() if self.is_asker else {}
        found |= {"grounds": self.grounds(), "route": self.route(), "proposal": self.proposal}
        if not self.is_urgent:
            return found
        call = Said(
            how=Conversation.How.PHONE,
            who=given["called"],
            on=given["called_on"],
            time=given["called_at"],
            said=given["said"],
        )
        return found | {"call": call}
