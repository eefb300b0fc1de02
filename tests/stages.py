"""A case at each stage, brought there by the real actions, each stage from the one before."""

import uuid

from tests.referrals.answers import answers as complete_answers


def received(world, **changes):
    """A referral has come in by the form; `changes` are answers that differ."""
    from referrals.actions import intake

    referral = intake.submit(
        area=world.area,
        form_key=uuid.uuid4(),
        answers=complete_answers(**changes),
        form_version="2026-1",
    )
    return referral.case
