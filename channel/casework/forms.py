from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.models import Case


class SignForm(forms.Form):
    """One party's answer to bringing a case to the panel."""

    endorses = fields.YesNoField(
        label="Do you endorse bringing this case to the panel?", what="whether you endorse it"
    )
    grounds = fields.LongText(
        label="Your grounds",
        what="your grounds",
        help_text="To endorse, say why there are reasonable grounds to believe that the person is "
        "vulnerable to being drawn into terrorism (Counter-Terrorism and Security Act 2015, "
        "section 36). To refuse, say what should happen instead.",
        who=Mark.COORDINATION,
        max_length=3000,
        rows=6,
    )


class HandOverForm(forms.Form):
    """Which of somebody's cases another officer takes over; all of them at first."""

    cases = fields.CheckboxModelChoices(
        None, label="Which cases?", what="at least one case", small=True
    )
    to = fields.RadioModelChoice(
        None, label="Who has them from now on?", what="who has the cases", small=True
    )

    def __init__(
        self,
        *args: Any,
        cases: QuerySet[Case],
        names: dict[int, str],
        heirs: QuerySet[User],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {"cases": [case.pk for case in cases]})
        super().__init__(*args, **kwargs)
        field = self.fields["cases"]
        field.queryset = cases  # type: ignore[attr-defined]
        field.label_from_instance = lambda case: _case_words(case, names)  # type: ignore[attr-defined]
        self.fields["to"].queryset = heirs  # type: ignore[attr-defined]


def _case_words(case: Case, names: dict[int, str]) -> str:
    name = names.get(case.pk, "name not known")
    return f"{case.reference}, {name}: {case.get_status_display()}"
