from django.urls import reverse

from referrals.models import Referral
from tests.referrals.answers import ANSWERS
from tests.referrals.intake_steps import fill, send


def test_the_whole_form_leads_page_by_page_to_a_reference(client, world):
    met = fill(client)
    assert met[0] == "danger"
    assert "called" not in met
    assert {"parent", "noticer"} <= set(met)
    page = client.get(reverse("refer_check"))
    assert page.status_code == 200
    answer = send(client)
    assert answer["Location"] == reverse("refer_sent")
    referral = Referral.objects.get()
    given = {key: value for key, value in ANSWERS.items() if value != []}
    given["declaration"] = referral.answers["declaration"]
    assert referral.answers == given
    assert referral.reference in client.get(reverse("refer_sent")).content.decode()
