"""Signing in as people do it: passkeys, codes, a lost phone, an unlocked screen, a long pause.

Passkeys are made by an authenticator that the browser plays; it unlocks by itself.
"""

import datetime
import re

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail

from prevent_cms import outbox, sessions
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests import stages
from tests.accounts.factors import code, give_app
from tests.journeys import steps
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW = "three random words"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def required(settings):
    settings.MFA_REQUIRED = True


class Device:
    """What holds the passkeys of one browser."""

    def __init__(self, actor):
        self.cdp = actor.page.context.new_cdp_session(actor.page)
        self.cdp.send("WebAuthn.enable")
        answer = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = answer["authenticatorId"]

    def set_unlocked(self, unlocked):
        """Whether finger, face or PIN would be the right one."""
        which = {"authenticatorId": self.id, "isUserVerified": unlocked}
        self.cdp.send("WebAuthn.setUserVerified", which)


def password(somebody, email, secret=PASSWORD):
    somebody.go("/accounts/login/").fill(login=email, password=secret)
    return somebody.press("Sign in")


def sign_out(somebody):
    return somebody.go("/accounts/logout/").press("Sign out")


def enrol(somebody):
    """Choose the passkey, and keep the codes."""
    somebody.look().press("Set up a passkey").look().press("Set up the passkey")
    somebody.sees("Recovery codes", "They are not shown again").look()
    return re.findall(r"\b\d{8}\b", somebody.text)


def test_a_passkey_from_choosing_it_to_signing_in_with_it_alone(cast, actor):
    somebody = actor()
    device = Device(somebody)
    email = cast.officer.email
    password(somebody, email).sees("Set up your second step")
    somebody.go("/cases/").sees("Set up your second step").sees_not("/cases/?")
    codes = enrol(somebody)
    assert len(codes) == 10
    with somebody.page.expect_download() as saved:
        somebody.page.get_by_role("link", name="Download the codes").click()
    assert set(codes) <= set(saved.value.path().read_text().split())
    somebody.go("/accounts/2fa/recovery-codes/").sees_not(*codes).look()
    somebody.press("Continue").sees("My work")
    somebody.go("/accounts/2fa/").look().press("Look after").sees("Passkey").look()

    sign_out(somebody)
    password(somebody, email).sees("Your second step").look().press("Use a passkey")
    somebody.sees("My work")

    sign_out(somebody)
    somebody.go("/accounts/login/?next=/cases/").look().press("Sign in with a passkey")
    assert somebody.path == "/cases/"
    assert Event.objects.filter(type=EventType.SIGNED_IN).latest("pk").details["how"] == "webauthn"

    sign_out(somebody)
    device.set_unlocked(False)
    somebody.go("/accounts/login/")
    somebody.page.get_by_role("button", name="Sign in with a passkey").click()
    somebody.page.get_by_text("No passkey was used").wait_for()
    somebody.look().go("/cases/").sees("Sign in")


def test_an_app_a_lost_phone_and_new_codes(cast, actor):
    somebody = actor()
    password(somebody, cast.chair.email).press("Set up an authenticator app").look()
    secret = somebody.page.locator("strong.app-mono").inner_text()
    somebody.fill(code="000000").press("Continue").sees("There is a problem", "The code is wrong")
    somebody.look().fill(code=code(secret)).press("Continue").sees("They are not shown again")
    codes = re.findall(r"\b\d{8}\b", somebody.text)
    sign_out(somebody)
    password(somebody, cast.chair.email).sees_not("Use a passkey")
    somebody.fill(code=codes[0]).press("Sign in").sees("My work")
    somebody.go("/accounts/2fa/").sees("9").press("Make new").look().press("Make new codes")
    assert codes[1] not in somebody.text


def test_an_invitation_becomes_somebody_who_works(cast, actor):
    give_app(cast.sysadmin)
    administrator = actor()
    password(administrator, cast.sysadmin.email).fill(code=code()).press("Sign in")
    administrator.go("/people/").look().press("Invite somebody").look()
    administrator.press("Send the invitation").sees("There is a problem").look()
    administrator.fill(name="New Invented", email="new@test.example", role="agency_contact")
    administrator.page.select_option("[name=agency]", label="Testshire: Testshire health")
    administrator.press("Send the invitation").sees("The invitation has been sent", "Invited")
    administrator.look()
    outbox.drain()
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)[1]

    joiner = actor()
    Device(joiner)
    joiner.go(link).look().fill(password1="Prevent-2026!!", password2="Prevent-2026!!")
    joiner.press("Continue").sees("too easy to guess").look()
    joiner.fill(password1=NEW, password2=NEW).press("Continue").sees("Your password is set").look()
    password(joiner, "new@test.example", NEW)
    enrol(joiner)
    joiner.press("Continue").sees("My work").go("/requests/")
    actor().go(link).sees("This link does not work any more").look()

    administrator.page.reload()
    administrator.sees("Working", "1 passkey").press("Switch off").look().press("Switch off")
    administrator.sees("The account is switched off")
    joiner.go("/requests/").sees("Sign in")


def test_a_supervisor_hands_cases_over(cast, actor, settings):
    settings.MFA_REQUIRED = False
    case = stages.screened(cast)
    supervisor = actor("supervisor")
    supervisor.go("/work/").press("Hand cases over").sees("Officer Invented").look()
    supervisor.press("Hand over").sees(case.reference).look().press("Hand over")
    supervisor.sees("Select who is to have them", "Enter why").look()
    supervisor.fill(to=cast.supervisor.pk, reason="They are moving to another force.")
    supervisor.press("Hand over").look().press("Give 1 case")
    supervisor.sees("Supervisor Invented has it now").look()
    supervisor.go(f"/cases/{case.reference}/timeline/").sees("Case owner changed")


def stale(user):
    """Let everything this person proved be six minutes old."""
    for row in UserSession.objects.filter(user=user):
        session = SessionStore(row.session_key)
        for proof in session["account_authentication_methods"]:
            proof["at"] -= 6 * 60
        session.save()


def test_an_unlocked_screen_is_not_enough(cast, actor, settings):
    somebody = actor()
    Device(somebody)
    password(somebody, cast.sysadmin.email)
    enrol(somebody)
    somebody.go(f"/people/{cast.officer.pk}/name/").sees("Correct the name")
    stale(cast.sysadmin)
    somebody.fill(name="Corrected Invented").press("Save").sees("Confirm it is you").look()
    somebody.press("Use a passkey").sees("The name has been corrected", "Corrected Invented")
    somebody.go("/accounts/sessions/").look().sees("Chrome on Linux", "This one")


def shift(user, **fields):
    """Move the times of a signed-in session by so many seconds."""
    for row in UserSession.objects.filter(user=user):
        session = SessionStore(row.session_key)
        for name, seconds in fields.items():
            session[name] -= seconds
        session.save()


def test_a_warning_comes_before_the_end_and_keeps_what_was_typed(cast, actor, settings):
    settings.MFA_REQUIRED = False
    somebody = actor()
    somebody.page.clock.install()
    password(somebody, cast.chair.email)
    somebody.go("/accounts/password/change/").fill(oldpassword="half a sent")
    shift(cast.chair, seen_at=58 * 60 + 5)
    somebody.page.clock.fast_forward(datetime.timedelta(minutes=54).seconds * 1000)
    dialog = somebody.page.get_by_role("dialog", name="Do you want to stay signed in?")
    dialog.wait_for()
    stay = dialog.get_by_role("button", name="Stay signed in")
    assert stay.evaluate("button => button === document.activeElement")
    somebody.look()
    stay.click()
    dialog.wait_for(state="hidden")
    assert somebody.page.input_value("[name=oldpassword]") == "half a sent"

    shift(cast.chair, seen_at=60 * 60 + 5)
    with somebody.page.expect_navigation():
        somebody.page.clock.fast_forward(59 * 60 * 1000)
    somebody.page.wait_for_load_state()
    assert somebody.path == "/accounts/login/?next=/accounts/password/change/"
    assert "half a sent" not in somebody.page.content()


def test_the_limit_that_cannot_be_moved_is_said_in_good_time(cast, actor, settings):
    settings.MFA_REQUIRED = False
    somebody = actor()
    somebody.page.clock.install()
    password(somebody, cast.chair.email)
    somebody.go("/accounts/session/").look().sees("You are signed in until").go("/help/")
    shift(cast.chair, signed_in_at=settings.SESSION_LONGEST - sessions.WARN_LONGEST_BEFORE + 5)
    somebody.page.clock.fast_forward(54 * 60 * 1000)
    dialog = somebody.page.get_by_role("dialog", name=re.compile("You will be signed out at"))
    dialog.wait_for()
    somebody.look()
    dialog.get_by_role("button", name="Continue").click()
    dialog.wait_for(state="hidden")


def test_the_page_does_what_the_dialog_does_without_scripts(cast, actor, settings):
    settings.MFA_REQUIRED = False
    somebody = actor("chair", script=False)
    somebody.go("/help/")
    assert "You are signed out after 60 minutes without use" in somebody.page.inner_text("footer")
    somebody.page.get_by_role("link", name="Stay signed in").click()
    somebody.page.get_by_role("button", name="Stay signed in").click()
    assert "You are signed in until" in somebody.page.inner_text("main")


def test_no_page_of_signing_in_breaks_the_content_policy(cast, browser, live_server, settings):
    """The other tests switch the policy off to run the accessibility rules in the page."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    give_app(cast.officer)
    page.goto("/accounts/login/")
    page.fill("[name=login]", cast.officer.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.fill("[name=code]", code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="My work").wait_for()
    for path in ("2fa/webauthn/add/", "2fa/", "sessions/", "session/", "2fa/recovery-codes/"):
        page.goto(f"/accounts/{path}")
    context.close()
    assert not complaints


def test_minutes_are_downloaded_after_a_proof(cast, actor, settings):
    settings.MFA_REQUIRED = False
    meeting = stages.meeting_held(cast)
    somebody = actor("administrator")
    stale(cast.administrator)
    document = steps.download(somebody, f"/meetings/{meeting.pk}/")
    assert document.startswith(b"%PDF")
