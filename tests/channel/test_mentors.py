"""The mentors of a provider: each with checks of their own, and nobody meets anybody without."""

import pytest

from channel.support import providers as register
from channel.support.actions import delivery
from channel.support.models import ProviderCheck
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from tests import stages
from tests.access import as_user
from tests.channel.test_providers import DAY, check, planned, start, text, url


def test_the_checks_of_one_mentor_are_not_those_of_another(world):
    provider = stages.checked_provider(world)
    other = planned(world, lead_person="Kim Invented")
    with pytest.raises(ActionInvalid, match="Kim Invented has no DBS check on record"):
        start(world, other)
    assert "Kim Invented has no DBS check" in text(world.lead, url(other))
    for kind in ("dbs", "suitability"):
        check(world, provider, kind, mentor="kim invented")  # however it is spelled
    other = start(world, other)
    check(world, provider, "dbs", mentor="Kim Invented", until=clock.today())
    with clock.at(clock.now() + DAY):
        with pytest.raises(ActionInvalid, match="Kim Invented has no DBS check"):
            delivery.record_session(other, on=clock.today(), is_delivered=True, by=world.provider)
        delivery.record_session(other, on=clock.today() - DAY, is_delivered=True, by=world.provider)
        found = register.entries([provider.agency_id])[provider.agency_id]
        assert [(one.of, bool(one.state)) for one in found.mentors] == [
            ("Kim Invented", True),
            ("Sam Invented", False),
        ]
        assert found.state == []  # another mentor may go
        page = text(world.administrator, f"/providers/{provider.pk}/")
        assert page.count("Can deliver") == 2
        assert "has no DBS check on record that is in force" in page
        assert "Not checked" in text(world.administrator, "/providers/")


def test_a_provider_without_a_checked_mentor_cannot_deliver(world):
    provider = stages.registered_provider(world)
    check(world, provider, "suitability")
    entry = register.entries([provider.agency_id])[provider.agency_id]
    assert entry.state == ["has no mentor whose checks are in force"]
    assert "Nobody is named yet." in text(world.administrator, f"/providers/{provider.pk}/")


def test_the_page_of_a_provider_leads_to_the_checks_of_a_mentor(world):
    provider = stages.checked_provider(world)
    client, page = as_user(world.administrator), f"/providers/{provider.pk}/"
    newest = ProviderCheck.objects.filter(mentor=stages.MENTOR).first()
    shown = client.get(page).content.decode()
    for kind in ("dbs", "suitability"):
        address = f"{page}checks/{kind}/"
        assert f"{address}?as={newest.pk}" in shown
        for number, name in ((newest.pk, stages.MENTOR), (0, ""), ("x", "")):
            form = client.get(f"{address}?as={number}").context["form"]
            assert form.initial == {"mentor": name}
    refused = client.post(f"{page}checks/dbs/", {"level": "enhanced"}).content.decode()
    assert "Enter whose certificate it is" in refused
