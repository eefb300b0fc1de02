import datetime
from typing import Any

from django import forms

from channel.support.actions import reviews
from channel.support.actions.reviews import Effect
from channel.support.delivery import Delivery
from channel.support.models import ItemReview, PlanItem, PostExitReview, Review
from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.models import Case

Helps = ItemReview.Helps


class ReviewForm(forms.Form):
    """The monthly review: each open item, then risks, needs and one recommendation (R158, R166)."""

    who_sees_all = Mark.PANEL

    on = fields.DateField(label="Date of the review", past=True, or_today=True)
    delivered = fields.LongText(
        label="What was delivered since the last review?",
        what="what was delivered",
        max_length=3000,
        rows=3,
    )
    risks = fields.LongText(
        label="What has changed in the risks?",
        what="what has changed in the risks",
        help_text="To the person, from the person, and to those who work with them",
        max_length=3000,
        rows=3,
    )
    needs_open = fields.LongText(
        label="Which needs are still open, or new?",
        what="which needs are still open",
        max_length=3000,
        rows=3,
    )
    recommendation = fields.RadioChoice(
        label="What do you ask the panel to decide?",
        what="what you ask the panel to decide",
        choices=Review.Recommendation.choices,
        option_hints={
            "remain": "Comes back to the next panel by itself",
            "new_plan": "Say below which needs; consent is checked first",
            "escalate": "Police are told today, before the panel",
            "exit": "The panel decides, then the exit is endorsed",
        },
    )
    reason = fields.LongText(label="Why?", what="why", max_length=3000, rows=4)

    def __init__(
        self, data: Any = None, *, items: list[PlanItem], today: datetime.date | None = None
    ) -> None:
        super().__init__(data, initial={"on": today})
        self.items = items
        for item in items:
            self.fields[f"helps_{item.pk}"] = fields.RadioChoice(
                label=f"{item.title}: does it help?",
                choices=Helps.choices,
                legend="hidden",
                inline=True,
                small=True,
                error_messages={
                    "required": f"{item.title}: choose whether it helps, or “Too soon”"
                },
            )
            self.fields[f"shows_{item.pk}"] = fields.LongText(
                label=f"{item.title}: what shows it?",
                max_length=1000,
                rows=2,
                required=False,
                legend="hidden",
            )
        first = [f"{name}_{item.pk}" for item in items for name in ("helps", "shows")]
        self.order_fields(["on", *first])
        if items:
            self.fields["delivered"].required = False
            self.fields["delivered"].label = "Anything else that was delivered (optional)"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for item in self.items:
            helps, shows = cleaned.get(f"helps_{item.pk}"), cleaned.get(f"shows_{item.pk}")
            if helps and helps != Helps.TOO_SOON and not shows:
                self.add_error(f"shows_{item.pk}", f"{item.title}: enter what shows it")
        return cleaned

    @property
    def rows(self) -> list[tuple[PlanItem, Delivery, Any, Any]]:
        """Each item with its sessions and its two questions, for the page."""
        return [
            (item, Delivery.of(item), self[f"helps_{item.pk}"], self[f"shows_{item.pk}"])
            for item in self.items
        ]

    @property
    def answers(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith(("helps_", "shows_"))
        }
        given["effects"] = {
            item.pk: Effect(
                self.cleaned_data[f"helps_{item.pk}"], self.cleaned_data[f"shows_{item.pk}"]
            )
            for item in self.items
        }
        return given


class DelayForm(forms.Form):
    """That the review is put off: why, and until when."""

    who_sees_all = Mark.PANEL

    until = fields.DateField(label="New date of the review", future=True)
    reason = fields.LongText(
        label="Why is it put off?", what="why it is put off", max_length=1000, rows=4
    )

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        self.case = case

    def clean_until(self) -> datetime.date:
        until: datetime.date = self.cleaned_data["until"]
        if words := reviews.why_not_until(self.case, until):
            raise forms.ValidationError(words)
        return until


class PostExitForm(forms.Form):
    """What was found some months after the case left (R173)."""

    who_sees_all = Mark.COORDINATION

    findings = fields.LongText(
        label="What did you find?",
        what="what you found",
        help_text="Whom you asked, and what they said",
        max_length=3000,
        rows=5,
    )
    outcome = fields.RadioChoice(label="What follows?", what="what follows", choices=[])

    def __init__(self, data: Any = None, *, may_reopen: bool) -> None:
        super().__init__(data)
        outcomes = PostExitReview.Outcome
        offered = [outcomes.NO_CONCERN, outcomes.NEW_REFERRAL]
        offered += [outcomes.REOPEN] if may_reopen else []
        field: Any = self.fields["outcome"]
        field.choices = [(outcome.value, outcome.label) for outcome in offered]
