"""The shorter journey, on Norfolk's own policy: the case officer convenes, the panel ends."""

import json

import pytest
from django.conf import settings

from tests import people, stages
from tests.journeys import steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def norfolk(transactional_db):
    stages.framework()
    policy = json.loads((settings.BASE_DIR / "fixtures" / "areas" / "norfolk.json").read_text())
    return people.build(code="NFK", slug="norfolk", policy=policy["policy"])


def test_norfolk(norfolk, actor):
    def person(name):
        return actor(name, slug="norfolk")

    visitor = actor()
    visitor.go("/refer/").sees("Children's Advice and Duty Service")
    steps.refer(visitor, "norfolk", looks=False)
    officer, administrator, chair = map(person, ("officer", "administrator", "chair"))
    case = steps.take(officer)
    assert case.startswith("NFK-")
    steps.threshold(officer, case)
    steps.screen(officer, case)
    steps.deconflict(officer, case)
    steps.release(officer, case, "children")
    steps.answer(person("children"))
    steps.assess(officer, case)
    chair.go(f"/cases/{case}/convening/").sees_not('name="result"')
    steps.sign_convening(officer, case)
    officer.go(f"/cases/{case}/").sees("Panel")
    meeting = steps.plan_meeting(administrator, 5)
    asked = {"consent_how": "In person", "consent_by": "Prevent lead"}
    steps.hold(
        administrator, chair, meeting, case, "adopt", consent_on=steps.working_day(3), **asked
    )
    second = steps.plan_meeting(administrator, 25)
    steps.hold(administrator, chair, second, case, "exit")
    steps.exit_report(chair, case)
    chair.go(f"/cases/{case}/").sees("Closed")
