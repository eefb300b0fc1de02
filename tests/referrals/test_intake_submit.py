from prevent_cms.history.models import Event
from referrals.models import Referral
from tests import stages


def test_a_referral_makes_person_case_facts_share_and_event(world):
    case = stages.received(world)
    referral = Referral.objects.get(case=case)
    assert case.status == "RECEIVED"
    assert Event.objects.get(type="referral.received").actor_label == "Referrer"
    assert referral.reference != case.reference
