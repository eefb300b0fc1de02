"""Before the first keystroke: each box that stores case material says who will read it, and is tied
to the words that say so."""

import importlib
import pkgutil
from html.parser import HTMLParser

import pytest
from django import forms
from django.urls import reverse

import channel
import referrals
import vaf
from accounts.actions import people
from accounts.roles import Role
from channel.meetings.models import Attendance, PanelAction
from channel.support.actions import delivery, items
from channel.support.models import PlanItem, PostExitReview
from prevent_cms import clock
from prevent_cms.fields import LongText, ShortText
from referrals.actions import emergency, handover, hold, restricting
from referrals.actions import screening as police
from referrals.forms.information_answer import FORMS
from referrals.models import Bar, EmergencyAccess, InformationRequest
from tests import stages
from tests.access import as_user
from vaf.actions import assessments
from vaf.models import Assessment

# Forms that store no case material: looking for a case, planning a meeting, giving a code.
PLAIN = {"SearchForm", "MeetingForm", "LinkCodeForm"}
BASES = {
    "AgreedForm",
    "GroundsForm",
    "PageForm",
    "CheckedForm",
    "LeavingFields",
}  # those who inherit say it


def form_classes():
    """Every form of the apps that hold case material."""
    for app in (channel, referrals, vaf):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if "forms" in module.name and "migrations" not in module.name:
                importlib.import_module(module.name)
    found, waiting = set(), [forms.Form]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.split(".")[0] in ("channel", "referrals", "vaf"):
                found.add(kind)
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__name__}")


@pytest.mark.parametrize("kind", form_classes(), ids=lambda kind: kind.__name__)
def test_every_form_with_a_box_to_write_in_says_who_will_see(kind):
    said = getattr(kind, "who_sees", {})
    silent = [
        name
        for name, field in kind.base_fields.items()
        if isinstance(field, LongText | ShortText) and not (name in said or field.who)
    ]
    if kind.__name__ not in PLAIN | BASES:
        assert not silent or getattr(kind, "who_sees_all", None), silent


class Forms(HTMLParser):
    """The boxes of every form that is posted, and the lines that say who will see."""

    def __init__(self):
        super().__init__()
        self.boxes, self.who, self.is_posted = [], set(), False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        classes = (given.get("class") or "").split()
        if tag == "form":
            self.is_posted = given.get("method") == "post"
        if "app-who" in classes:
            self.who.add(given.get("id"))
        written = tag == "textarea" or (tag == "input" and given.get("type", "text") == "text")
        if written and self.is_posted and "govuk-date-input__input" not in classes:
            self.boxes.append((given.get("name"), (given.get("aria-describedby") or "").split()))

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_posted = False

    @property
    def untied(self):
        return [name for name, ids in self.boxes if not self.who & set(ids)]


def check(user, url, data=None):
    browser = as_user(user)
    response = browser.post(url, data) if data is not None else browser.get(url)
    assert response.status_code == 200, url
    found = Forms()
    found.feed(response.content.decode())
    assert found.boxes, url
    assert not found.untied, url
    assert len(found.who) == len({*found.who} - {None})


def case_url(case, name, **parts):
    return reverse(name, kwargs={"reference": case.reference, **parts})


def test_police_pages(world):
    taken = police.take(stages.received(world, name="A One"), by=world.officer)
    stops = {"outcome": "misguided", "reason": "Nothing in it."}
    check(world.officer, case_url(taken, "case_screening"))
    check(world.officer, case_url(taken, "case_screening"), stops)
    screened = stages.screened(world, name="A Two")
    for name in ("case_deconfliction", "case_hold", "case_close", "case_assign"):
        check(world.officer, case_url(screened, name))
    handover.give(screened, to=world.supervisor, reason="r", by=world.officer)
    check(world.supervisor, case_url(screened, "case_offer"))
    check(world.supervisor, reverse("hand_over", args=[world.officer.pk]))
    check(world.officer, case_url(stages.cleared(world, name="A Three"), "case_release"))
    held = stages.released(world, name="A Four")
    hold.hold(held, reason="r", by=world.officer)
    check(world.officer, case_url(held, "case_resume"))


def test_transfers(world, elsewhere):
    case = stages.released(world)
    check(world.chair, case_url(case, "case_transfer"))
    found = stages.transfer_accepted(world, elsewhere, case)
    check(world.chair, case_url(case, "case_transfer"))
    check(elsewhere.chair, reverse("transfer", args=[found.pk]))
    check(elsewhere.officer, reverse("transfer_check", args=[found.pk]))


def test_requests_consent_and_sharing(world):
    case = stages.released(world)
    asked = InformationRequest.objects.get(case=case, agency=world.agency("health"))
    for slug in FORMS:
        check(world.health, reverse("request_part", args=[asked.pk, slug]))
    check(world.health, reverse("request_nil", args=[asked.pk]))
    colleague = people.add(email="c@test.example", name="Colleague", password=None, by=None)
    people.join(colleague, agency=asked.agency, role=Role.AGENCY_COLLEAGUE, by=None)
    check(world.health, reverse("request_pass", args=[asked.pk]))
    check(world.officer, case_url(case, "case_request_dates", number=asked.pk))
    for name in ("case_request_more", "case_share", "case_consent", "case_said", "case_one_time"):
        check(world.officer, case_url(case, name))
    share = case.shares.get(group=world.agency("health").group)
    check(world.officer, case_url(case, "case_unshare", number=share.pk))
    restricting.set_bar(case, user=world.deputy, reason="r", by=world.supervisor)
    restricting.restrict_case(case, people=[world.chair], reason="r", by=world.supervisor)
    for name in ("case_restrict", "case_unrestrict", "case_bar"):
        check(world.chair, case_url(case, name))
    check(world.chair, case_url(case, "case_bar_lift", number=Bar.objects.get().pk))
    check(world.lead, reverse("emergency"))
    emergency.break_glass(reference=case.reference, reason="r", by=world.lead)
    check(world.chair, reverse("emergency_review", args=[EmergencyAccess.objects.get().pk]))


def test_assessment_and_panel(world):
    begun = stages.begun(world, name="A One")
    draft = assessments.start(begun, point="initial", by=world.officer)
    assert isinstance(draft, Assessment)
    parts = {"pk": draft.pk, "dimension": "engagement"}
    check(world.officer, case_url(begun, "case_assessment_dimension", **parts))
    check(world.chair, case_url(stages.assessed(world, name="A Two"), "case_convene"))
    stages.at_panel(world, name="A Three")
    meeting = stages.in_session(world)
    number = meeting.items.get().number
    for name in ("meeting_item", "meeting_note"):
        check(
            world.supervisor if name == "meeting_note" else world.chair,
            reverse(name, args=[meeting.pk, number]),
        )
    check(world.administrator, reverse("meeting_attendance", args=[meeting.pk]))
    place = [meeting.pk, number]
    seat = Attendance.objects.get(meeting=meeting, user=world.health)
    check(world.administrator, reverse("meeting_person", args=[*place, seat.pk]))
    check(world.health, reverse("meeting_conflict", args=place))
    check(world.administrator, reverse("meeting_home_force", args=place))
    check(world.chair, reverse("panel_duty", args=[meeting.panel_id, "plans"]))


def test_support_and_exit(world):
    case = stages.plan_written(world, name="A One")
    item = PlanItem.objects.get(agency=world.agency("provider"))
    for name in ("case_plan_new", "case_plan_item_new", "case_review", "case_review_delay"):
        check(world.lead, case_url(case, name))
    check(world.provider, case_url(case, "case_plan_item", pk=item.pk))
    item.sessions_agreed = 2
    item.save()
    item = items.start_item(item, by=world.provider)
    for name in ("case_plan_item_session", "case_plan_item_report"):
        check(world.provider, case_url(case, name, pk=item.pk))
    told = delivery.record_session(item, on=clock.today(), is_delivered=True, by=world.provider)
    for name in ("case_plan_item_session_correct", "case_plan_item_session_withdraw"):
        check(world.provider, case_url(case, name, pk=item.pk, session=told.pk))
    provider = stages.registered_provider(world)
    check(world.lead, reverse("provider_change", args=[provider.pk]))
    check(world.lead, reverse("provider_check", args=[provider.pk, "suitability"]))
    action = PanelAction.objects.first()
    check(world.education, case_url(action.case, "panel_action", pk=action.pk))
    leaving = stages.exit_decided(world, name="A Two")
    check(world.officer, case_url(leaving, "case_exit"))
    gone = stages.exited(world, name="A Three")
    check(world.chair, case_url(gone, "case_reopen"))
    look = PostExitReview.objects.filter(case=gone).order_by("due_on").first()
    check(world.officer, case_url(gone, "case_post_exit", pk=look.pk))
