"""Starting, saving and signing: what is kept, what is refused, and that signed is final."""

import datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from referrals.actions import hold
from tests import stages
from vaf import access, reading
from vaf.actions import assessments
from vaf.actions.assessments import Answer
from vaf.models import Assessment, Dimension, Framework, Judgement, Rating

SEEN = {
    "evidence": "Said it twice.",
    "source": "Form tutor",
    "source_on": datetime.date(2026, 9, 1),
}


@pytest.fixture
def case(world):
    return stages.begun(world)


@pytest.fixture
def draft(case, world):
    return assessments.start(case, point="initial", by=world.officer)


def part(assessment, key):
    return assessment.framework.dimensions.get(key=key)


def save(assessment, by, key="capability", answers=None, level="", rationale="", **more):
    answers = {code: Answer(**given) for code, given in (answers or {}).items()}
    return assessments.save_dimension(
        assessment,
        dimension=part(assessment, key),
        answers=answers,
        level=level,
        rationale=rationale,
        by=by,
        **more,
    )


def test_starting_keeps_framework_author_and_event(draft, world):
    assert (draft.status, draft.author, draft.mark) == ("draft", world.officer, Mark.COORDINATION)
    assert [j.dimension.key for j in draft.judgements.all()] == [
        "engagement",
        "intent",
        "capability",
    ]
    event = Event.objects.get(type=EventType.VAF_STARTED)
    assert (event.actor, event.details) == (world.officer, {"point": "initial"})
    assert str(draft) == f"Assessment {draft.pk}"


def test_one_draft_at_a_time(draft, case, world):
    with pytest.raises(ActionInvalid, match="already being written"):
        assessments.start(case, point="review", by=world.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.create(
            case=case, framework=draft.framework, point="review", author=world.officer
        )


@pytest.mark.parametrize("name", ["lead", "chair", "administrator", "health", "provider"])
def test_only_case_officers_write(case, world, name):
    with pytest.raises(ActionDenied):
        assessments.start(case, point="initial", by=world.users[name])
    assert not Assessment.objects.exists()


def test_nothing_is_written_while_a_case_is_held(draft, case, world):
    hold.hold(case, reason="A live inquiry.", by=world.officer)
    for act in (
        lambda: assessments.start(case, point="initial", by=world.officer),
        lambda: save(draft, world.officer),
        lambda: assessments.sign(draft, by=world.officer),
    ):
        with pytest.raises(ActionInvalid):
            act()


def test_no_framework_no_assessment(world):
    case = stages.answered(world)
    assert not Framework.objects.exists()
    with pytest.raises(ActionInvalid, match="No assessment framework"):
        assessments.start(case, point="initial", by=world.officer)


def test_a_part_can_be_saved_and_changed(draft, world):
    save(draft, world.officer, answers={"C01": {"rating": "partly", **SEEN}})
    save(
        draft,
        world.officer,
        answers={"C01": {"rating": "partly", **SEEN}, "C02": {"rating": "not_known"}},
        level="cannot_judge",
        rationale="Too little is known.",
    )
    assert {r.factor.code: r.rating for r in draft.ratings.all()} == {
        "C01": "partly",
        "C02": "not_known",
    }
    first = draft.ratings.get(factor__code="C01")
    assert first.history.count() == 1, "an unchanged answer leaves no new version"
    assert str(first) == f"{first.factor_id}: partly"
    judgement = draft.judgements.get(dimension__key="capability")
    assert (judgement.level, judgement.version) == ("cannot_judge", 3)
    assert str(judgement) == f"{judgement.dimension_id}: cannot_judge"
    save(draft, world.officer, answers={"C01": {"rating": "strongly", **SEEN}})
    assert [r.rating for r in draft.ratings.all()] == ["strongly"]
    assert first.history.count() == 2


@pytest.mark.parametrize("gap", ["evidence", "source", "source_on"])
@pytest.mark.parametrize("rating", ["partly", "strongly"])
def test_presence_needs_evidence_source_and_date(draft, world, rating, gap):
    given = {"rating": rating, **SEEN, gap: "" if gap != "source_on" else None}
    with pytest.raises(ActionInvalid, match="C02 needs evidence"):
        save(draft, world.officer, answers={"C01": {"rating": "not_present"}, "C02": given})
    assert not draft.ratings.exists(), "nothing half-saved"
    factor = part(draft, "capability").factors.first()
    with pytest.raises(IntegrityError, match="presence_has_evidence"), transaction.atomic():
        Rating.objects.create(case=draft.case, assessment=draft, factor=factor, **given)


def test_the_database_wants_a_reason_with_a_level(draft):
    judgement = draft.judgements.first()
    judgement.level = "low"
    with pytest.raises(IntegrityError, match="judged_level_has_a_reason"), transaction.atomic():
        judgement.save()


def test_a_factor_of_another_dimension_is_refused(draft, world):
    with pytest.raises(ActionInvalid, match="E01"):
        save(draft, world.officer, answers={"E01": {"rating": "not_known"}})


def test_a_stale_page_is_refused(draft, world):
    save(draft, world.officer, answers={"C01": {"rating": "not_known"}}, version=1)
    with pytest.raises(ActionInvalid, match="Somebody else has saved"):
        save(draft, world.supervisor, answers={"C01": {"rating": "not_present"}}, version=1)
    save(draft, world.supervisor, "intent", {"I01": {"rating": "not_known"}}, version=1)
    assert draft.ratings.get(factor__code="C01").rating == "not_known"


def test_signing_wants_every_answer_and_every_judgement(draft, world):
    missing = assessments.missing(draft)
    assert missing[:2] == ["E01", "E02"]
    assert missing[-3:] == [f"judgement of {d}" for d in ("engagement", "intent", "capability")]
    assert len(missing) == 25
    stages.rate(draft, world.officer)
    save(draft, world.officer, answers={"C01": {"rating": "not_known"}})
    with pytest.raises(ActionInvalid, match="C02, C03, judgement of capability"):
        assessments.sign(draft, by=world.officer)
    draft.refresh_from_db()
    assert not draft.is_signed


def test_not_known_counts_as_an_answer(draft, world):
    stages.rate(draft, world.officer, level="cannot_judge")
    signed = assessments.sign(draft, by=world.supervisor)
    assert (signed.status, signed.signed_by) == ("signed", world.supervisor)
    assert signed.signed_at <= clock.now()
    assert Event.objects.get(type=EventType.VAF_SIGNED).actor == world.supervisor
    assert access.latest_signed(draft.case) == draft


def test_signed_is_final_for_every_act(draft, world):
    stages.rate(draft, world.officer)
    assessments.sign(draft, by=world.officer)
    with pytest.raises(ActionInvalid, match="is signed"):
        save(draft, world.officer, answers={"C01": {"rating": "not_present"}})
    with pytest.raises(ActionInvalid, match="is signed"):
        assessments.sign(draft, by=world.officer)
    assert set(draft.ratings.values_list("rating", flat=True)) == {"not_known"}


@pytest.mark.db
def test_signed_is_final_for_the_database(draft, world):
    stages.rate(draft, world.officer)
    signed = assessments.sign(draft, by=world.officer)
    rating, judgement = signed.ratings.first(), signed.judgements.first()
    rating.evidence, judgement.rationale, signed.point = "Other", "Other", "exit"
    other = Dimension.objects.get(key="capability").factors.first()
    for act in (
        rating.save,
        rating.delete,
        judgement.save,
        signed.save,
        signed.delete,
        lambda: Rating.objects.create(
            case=signed.case, assessment=signed, factor=other, rating="not_known"
        ),
        lambda: connection.cursor().execute("UPDATE vaf_rating SET evidence = 'Other'"),
    ):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            act()
    signed = Assessment.objects.get(pk=signed.pk)
    signed.mark = Mark.PANEL
    signed.save()
    assert Assessment.objects.get(pk=signed.pk).mark == Mark.PANEL, "it can be released"


def test_a_draft_is_never_for_the_panel(draft):
    draft.mark = Mark.PANEL
    with pytest.raises(IntegrityError, match="draft_assessment"), transaction.atomic():
        draft.save()


def test_who_reads_drafts_and_signed_ones(draft, world, elsewhere):
    for name in ("officer", "supervisor", "lead", "chair", "administrator"):
        assert access.assessments_of(world.users[name], draft.case).count() == 1
    for stranger in (world.children, world.provider, world.sysadmin, elsewhere.officer):
        assert access.assessments_of(stranger, draft.case).count() == 0
        assert not Rating.objects.visible_to(stranger).exists()
        assert not Judgement.objects.visible_to(stranger).exists()


def test_compared_with_the_one_signed_before(world):
    case = stages.assessed(world)
    second = assessments.start(case, point="panel", by=world.officer)
    stages.rate(second, world.officer, ratings={"E01": "partly", "C01": "not_present"})
    sheet = reading.read(world.officer, second)
    moved = {line.factor.code: line.change for b in sheet.blocks for line in b.moved}
    assert moved == {"E01": "Weaker", "I02": "No longer known", "C01": "Now known"}
    assert [(b.level, b.level_before) for b in sheet.blocks] == [("Low", "Medium")] * 3
    assert sheet.is_complete
    first = reading.read(world.officer, sheet.before)
    assert first.before is None
    assert [line.change for b in first.blocks for line in b.moved] == []
    assert first.blocks[0].progress == "13 of 13 answered, judged medium"


@pytest.mark.parametrize(
    ("stage", "point"), [("ASSESSMENT", "initial"), ("PANEL", "panel"), ("SUPPORT", "review")]
)
def test_the_usual_point_follows_the_stage(case, stage, point):
    case.status = stage
    assert access.usual_point(case) == point
