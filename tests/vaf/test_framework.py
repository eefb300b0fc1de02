"""The instrument as it is delivered, and that a loaded one never changes under an assessment."""

import copy
import json
from pathlib import Path

import pytest

from tests import stages
from vaf.actions import frameworks
from vaf.models import Factor, Framework, Level, Scale

FIXTURE = Path(__file__).parents[2] / "fixtures" / "vaf-2012.json"
DATA = json.loads(FIXTURE.read_text())


def test_22_factors_in_three_dimensions(db):
    framework = stages.framework()
    found = {d.key: [f.code for f in d.factors.all()] for d in framework.dimensions.all()}
    assert list(found) == ["engagement", "intent", "capability"]
    assert found["engagement"] == [f"E{n:02}" for n in range(1, 14)]
    assert found["intent"] == [f"I{n:02}" for n in range(1, 7)]
    assert found["capability"] == ["C01", "C02", "C03"]


def test_every_part_says_where_it_comes_from():
    for dimension in DATA["dimensions"]:
        assert dimension["source"] in DATA["sources"]
        assert dimension["indicators_source"] in DATA["sources"]
        assert all(factor["source"] in DATA["sources"] for factor in dimension["factors"])
    assert [len(d["indicators"]) for d in DATA["dimensions"]] == [7, 6, 4]


def test_loading_again_changes_nothing(db):
    first = stages.framework()
    assert frameworks.load(DATA) == first
    assert (Framework.objects.count(), Factor.objects.count()) == (1, 22)


def test_a_changed_instrument_needs_a_code_of_its_own(db):
    stages.framework()
    changed = copy.deepcopy(DATA)
    changed["dimensions"][0]["factors"][0]["label"] = "Something else"
    with pytest.raises(ValueError, match="new code"):
        frameworks.load(changed)
    successor = frameworks.load({**changed, "code": "vaf-2027"})
    assert Framework.objects.first() == successor
    assert Factor.objects.filter(code="E01").count() == 2


@pytest.mark.parametrize("table", ["ratings", "levels"])
def test_answers_the_service_does_not_know_are_refused(db, table):
    changed = copy.deepcopy(DATA)
    changed[table].append({"code": "very", "label": "Very", "source": "GK"})
    with pytest.raises(ValueError, match=table):
        frameworks.load(changed)
    assert not Framework.objects.exists()


def test_words_come_from_the_framework(db):
    framework = stages.framework()
    assert [code for code, _ in framework.choices("ratings")] == Scale.values
    assert [code for code, _ in framework.choices("levels")] == Level.values
    assert framework.label_of("strongly") == "Strongly present"
    assert framework.level_label("cannot_judge") == "Cannot judge yet"
    assert framework.level_label("") == ""
    assert str(framework) == "vaf-2012"
    assert str(Factor.objects.get(code="C03")) == "C03 Criminal capability"
    assert str(framework.dimensions.first()) == "Engagement"
