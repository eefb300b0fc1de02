"""Every address has a declared rule; a page without one fails here until somebody decides."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import stages
from tests.access import as_user

BACKEND = "accounts.backends.SeatsBackend"

PUBLIC = {
    "start",
    "help",
    "accessibility",
    "privacy",
    "healthz",
    "readyz",
    "refer",
    "refer_begin",
    "refer_tasks",
    "refer_check",
    "refer_sent",
    "refer_delete",
    "refer_page",
    "one_time",
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "account_confirm_email",
    "account_email_verification_sent",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
SIGNED_IN = {
    "account_logout",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "account_set_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_list_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "usersessions_list",
    "session",
    "draft",
    "your_access",
    "work",
    "case_list",
    "request_list",
    "notice_list",
    "meeting_list",
    "meeting_new",
    "action_log",
    "minutes_take",
    "meeting_year",
    "emergency",
    "emergency_reviews",
    "allocate",
    "forwarded",
    "saved_lists",
    "saved_list_new",
    "saved_list",
    "saved_list_remove",
    "away",
    "away_new",
    "away_end",
    "pathway_list",
    "export_list",
    "export",
    "export_file",
}
PATHWAY = {"pathway", "pathway_history"}  # of one area: 404 to everybody who does not work there
# For system administrators alone, whatever else somebody is; 403 to everybody else.
PEOPLE = {
    "people",
    "person",
    "person_act",
    "person_invite",
    "person_name",
    "role_add",
    "role_end",
    "pathway_value",
}
# For those who look after agreements on sharing: 403 to everybody else, 404 for another area.
AGREEMENTS = {
    "agreement_list",
    "agreement_new",
    "agreement",
    "agreement_change",
    "agreement_renew",
    "agreement_end",
}
# For those who keep the register of providers: 403 to everybody else, 404 for another area.
PROVIDERS = {
    "provider_list",
    "provider_new",
    "provider",
    "provider_change",
    "provider_check",
}
# For auditors alone, by permission; 403 to everybody else. What they read is in tests/audit.
AUDIT = {"audit", "audit_register", "audit_check", "audit_export"}
# For those who give cases to officers: 403 to everybody else.
HAND_OVER = {"hand_over", "hand_over_list"}
# One request of one agency, one meeting of one area: 404 to everybody else.
REQUEST = {
    "request_detail",
    "request_answer",
    "request_part",
    "request_check",
    "request_add",
    "request_pass",
    "request_nil",
}
NOTICE = {"notice_detail"}  # one notice to one agency: 404 to everybody else
REVIEW = {"emergency_review"}  # one emergency: 404 to all but its reviewers
MEETING = {
    "meeting",
    "meeting_change",
    "meeting_cancel",
    "meeting_invitation",
    "meeting_reply",
    "meeting_update",
    "meeting_issue",
    "meeting_invite",
    "meeting_guest",
    "meeting_guests",
    "meeting_guest_withdraw",
    "meeting_order",
    "meeting_move",
    "meeting_other",
    "meeting_open",
    "meeting_attendance",
    "meeting_actions",
    "meeting_item",
    "meeting_close",
    "meeting_note",
    "meeting_person",
    "meeting_conflict",
    "meeting_home_force",
    "meeting_start",
    "meeting_pause",
    "meeting_room",
    "meeting_room_item",
    "meeting_agree",
    "meeting_agree_aloud",
    "panel_duties",
    "panel_duty",
    "minutes",
    "minutes_approve",
    "minutes_correct",
    "minutes_check",
    "minutes_accurate",
    "minutes_circulate",
    "minutes_remark",
    "minutes_item_remark",
    "minutes_pdf",
    "pack",
    "pack_brief",
    "pack_log",
    "pack_pdf",
    "pack_recall",
    "pack_supplement",
}
# 404 unless the case is shared with the reader, in a way that their role can use.
CASE = {
    "case_overview",
    "case_take",
    "case_referral",
    "case_screening",
    "case_referrer",
    "case_deconfliction",
    "case_earlier",
    "case_overt",
    "case_join",
    "case_elsewhere",
    "case_referral_release",
    "case_threshold",
    "case_parallel",
    "case_parallel_new",
    "case_parallel_edit",
    "case_parallel_end",
    "case_hold",
    "case_resume",
    "case_close",
    "case_agree",
    "case_reopen",
    "case_assign",
    "case_offer",
    "case_offer_withdraw",
    "case_timeline",
    "case_timeline_copy",
    "case_release",
    "case_requests",
    "case_request_more",
    "case_chase",
    "case_return",
    "case_request_dates",
    "case_said",
    "case_one_time",
    "case_one_time_link",
    "case_changes_read",
    "case_begin_assessment",
    "case_consent",
    "case_assessments",
    "case_assessment_start",
    "case_assessment",
    "case_assessment_sign",
    "case_assessment_dimension",
    "case_convene",
    "case_panel",
    "panel_action",
    "panel_extract",
    "case_plan",
    "case_plan_new",
    "case_plan_item_new",
    "case_plan_item",
    "case_plan_item_start",
    "case_plan_version",
    "case_plan_consent",
    "case_plan_item_session",
    "case_plan_item_session_correct",
    "case_plan_item_session_withdraw",
    "case_plan_item_report",
    "case_review",
    "case_review_delay",
    "case_exit",
    "case_post_exit",
    "case_sharing",
    "case_route",
    "case_share",
    "case_register",
    "case_register_correct",
    "case_unshare",
    "case_restrict",
    "case_unrestrict",
    "case_bar",
    "case_bar_lift",
    "case_access",
    "case_why",
    "case_preview",
    "case_notices",
    "case_notice_new",
    "case_notice_read",
    "case_feedback",
    "case_transfer",
    "case_transfer_agree",
    "case_transfer_withdraw",
}
TRANSFER = {"transfer", "transfer_check"}  # put to one area: 404 to everybody else
OTHER_PARTS = {"number": 1, "pk": 1, "version": 1, "dimension": "engagement", "slug": "person"}
OTHER_PARTS |= {"name": "vulnerable_word", "seat": 1, "guest": 1, "session": 1, "duty": "panel"}
OTHER_PARTS["key"] = "00000000-0000-4000-8000-000000000000"


def addresses(resolver=None, above=()):
    """Every named address with the parts it wants, those of the addresses above it too."""
    for entry in (resolver or get_resolver()).url_patterns:
        wanted = (*above, *entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield entry.name, wanted
        else:
            yield from addresses(entry, wanted)


def address(name, **parts):
    """The address of a page, with made-up numbers where it wants more than the case."""
    wanted = dict(addresses())[name]
    return reverse(name, kwargs={key: parts.get(key, OTHER_PARTS.get(key)) for key in wanted})


def statuses(user, url):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user, backend=BACKEND)
    return client.get(url).status_code, client.post(url, {}).status_code


def test_every_address_has_a_rule():
    declared = (
        PUBLIC
        | SIGNED_IN
        | PATHWAY
        | PEOPLE
        | AUDIT
        | HAND_OVER
        | REQUEST
        | REVIEW
        | MEETING
        | CASE
        | NOTICE
        | TRANSFER
        | AGREEMENTS
        | PROVIDERS
    )
    found = {name for name, _ in addresses()}
    assert found - declared == set(), "declare who may open these"
    assert declared - found == set(), "these are gone"


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_people_are_looked_after_by_system_administrators_alone(world, name):
    role = world.officer.memberships.get().pk
    url = address(name, pk=world.officer.pk, act="switch-off", role=role)
    assert statuses(None, url)[0] == 302
    for person in world.users.values():
        if person != world.sysadmin:
            assert statuses(person, url) == (403, 403), person
    assert 403 not in statuses(world.sysadmin, url)


@pytest.mark.parametrize("name", sorted(AUDIT))
def test_the_log_is_read_by_auditors_alone(world, name):
    url = address(name)
    assert statuses(None, url) == (302, 302)
    for person in world.users.values():
        if person in (world.auditor, world.police_auditor):
            assert 403 not in statuses(person, url)
        else:
            assert statuses(person, url) in [(403, 403), (405, 403), (403, 405)], person


@pytest.mark.parametrize("name", sorted(AGREEMENTS))
def test_agreements_are_looked_after_by_their_keepers_alone(world, elsewhere, name):
    made = stages.agreement(world)
    url = address(name, pk=made.pk, slug=world.area.slug)
    assert statuses(None, url)[0] == 302
    keepers = (world.lead, world.supervisor, world.chair)
    for person in world.users.values():
        if person in keepers:
            assert as_user(person).get(url).status_code == 200, person
        else:
            assert statuses(person, url) in [(403, 403), (403, 405)], person
    if name != "agreement_list":
        assert statuses(elsewhere.lead, url) in [(404, 404), (404, 405)]


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_providers_are_looked_after_by_their_keepers_alone(world, elsewhere, name):
    made = stages.registered_provider(world)
    url = address(name, pk=made.pk, slug=world.area.slug if name == "provider_new" else "dbs")
    assert statuses(None, url)[0] == 302
    keepers = (world.lead, world.supervisor, world.administrator)
    for person in world.users.values():
        if person in keepers:
            assert as_user(person).get(url).status_code == 200, person
        else:
            assert statuses(person, url) in [(403, 403), (403, 405)], person
    if name != "provider_list":
        assert statuses(elsewhere.lead, url) in [(404, 404), (404, 405)]


@pytest.mark.parametrize("name", sorted(HAND_OVER))
def test_cases_are_handed_over_by_supervisors_alone(world, elsewhere, name):
    url = address(name, pk=world.officer.pk)
    assert statuses(None, url)[0] == 302
    for person in world.users.values():
        if person != world.supervisor:
            assert statuses(person, url) in [(403, 403), (403, 405)], person
    assert as_user(world.supervisor).get(url).status_code == 200
    if name == "hand_over":
        assert statuses(elsewhere.supervisor, url) == (404, 404)


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_signed_out_people_are_sent_to_sign_in(db, name):
    response = Client().get(address(name))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"] or name == "account_logout"


@pytest.mark.parametrize("name", sorted(CASE))
def test_a_case_before_its_clear_result_does_not_exist_outside_police(world, elsewhere, name):
    """The same answer, to GET and POST, as for a reference that nobody has ever given out."""
    case = stages.screened(world)
    url, nowhere = address(name, reference=case.reference), address(name, reference="TST-26-0-X")
    assert statuses(None, url)[0] == 302
    for person in (world.lead, world.chair, world.administrator, world.children, world.auditor):
        assert statuses(person, url) == statuses(person, nowhere), person
        assert 404 in statuses(person, url)
        assert 200 not in statuses(person, url)
    assert 200 not in statuses(elsewhere.officer, url)
    assert statuses(elsewhere.officer, url) == statuses(elsewhere.officer, nowhere)


@pytest.mark.parametrize("name", sorted(CASE))
def test_a_released_case_does_not_exist_for_strangers(world, elsewhere, name):
    """An agency that was not asked, and everybody of another area."""
    case = stages.released(world, agencies=("children",))
    url, nowhere = address(name, reference=case.reference), address(name, reference="TST-26-0-X")
    strangers = (world.education, world.sysadmin, world.police_auditor, world.auditor)
    for person in (*strangers, elsewhere.officer, elsewhere.chair):
        assert statuses(person, url) == statuses(person, nowhere), person
        assert 200 not in statuses(person, url)
