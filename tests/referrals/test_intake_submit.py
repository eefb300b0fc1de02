import uuid

import pytest

from prevent_cms.history.models import Event
from referrals.actions import intake
from referrals.models import Case, PersonFact, Referral
from tests import stages
from tests.referrals.answers import answers


def test_a_referral_makes_person_case_facts_share_and_event(world):
    case = stages.received(world)
    referral = Referral.objects.get(case=case)
    assert case.status == "RECEIVED"
    assert Event.objects.get(type="referral.received").actor_label == "Referrer"
    assert referral.reference != case.reference
