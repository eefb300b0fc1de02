"""What the pages of the referral form share."""

import datetime
from typing import Any

from django import forms

from accounts.area_policy import AreaPolicy
from prevent_cms import fields

DATE_HINT = "For example, 6 11 2026"

WHO_STORY = (
    "police first. If the case goes on, the people who run it. Other agencies see this only if "
    "police decide they need to. The person may one day ask to read it."
)
WHO_PERSON = (
    "police first. If the case goes on, the people who run it. Agencies asked to search their "
    "records see names, age, gender and addresses."
)
POLICE_FIRST = "police first."
BOTH = "police and, unless you write of danger, plans or threats, social care at once."
WHO_YOU = "police and the people who run the case. If you ask to stay anonymous, police only."


class PageForm(fields.RevealingForm, forms.Form):
    """One page of questions. `rules` is the policy of the area that was chosen.

    `short` holds the words of a question on the check page where they differ from the label, and
    `hidden` what its Change link adds for screen readers where that differs from these;
    `folded` names questions that are not read out there once the answer they reveal is.
    """

    short: dict[str, str] = {}
    hidden: dict[str, str] = {}
    folded: tuple[str, ...] = ()
    goes_to_social_care = False  # first as well, where social care is the front door
    never_there: tuple[str, ...] = ()  # but these do not

    def __init__(self, *args: Any, rules: AreaPolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        if self.goes_to_social_care and rules.front_door == "safeguarding_front_door":
            self._say_social_care()
        self.word_for(rules)

    def _say_social_care(self) -> None:
        """In the area of a safeguarding front door these answers go to social care as well."""
        for name in ("who_sees_all", "who_sees"):
            said = getattr(self, name, "")
            if isinstance(said, dict):
                told = {key: words.replace(POLICE_FIRST, BOTH) for key, words in said.items()}
                self.who_sees = {**told, **{key: said[key] for key in self.never_there}}
            elif said:
                self.who_sees_all = said.replace(POLICE_FIRST, BOTH)

    def word_for(self, rules: AreaPolicy) -> None:
        """Change what the area's policy changes in the words of the questions."""

    def shown_for(self, answers: dict[str, Any]) -> list[str]:
        """The questions of this page that belong to these answers, revealed ones included."""
        targets = self._targets()
        revealed = {name for _, _, name in targets}
        chosen = {(name, source) for source, value, name in targets if answers.get(source) == value}
        folded = {source for _, source in chosen if source in self.folded}
        open_now = {name for name, _ in chosen}
        return [n for n in self.fields if n not in folded and (n not in revealed or n in open_now)]

    def answers(self) -> dict[str, Any]:
        """The valid answers as they are stored: text, lists and numbers; empty ones left out."""
        stored = {name: as_stored(value) for name, value in self.cleaned_data.items()}
        return {name: value for name, value in stored.items() if value not in ("", None, [])}

    def typed(self) -> dict[str, Any]:
        """What was typed, right or wrong, in a shape that can fill the form again."""
        found = {}
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if any(value) if isinstance(value, list) else value:
                found[name] = value
        return found


def as_stored(value: Any) -> Any:
    """A cleaned answer as JSON: dates as 2026-11-06, times as 14:30."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    return value


def no_autofill(kind: str = "text") -> forms.TextInput:
    """A box about somebody else, which the browser must not fill with the writer's own details."""
    return forms.TextInput(attrs={"type": kind, "autocomplete": "off", "spellcheck": "false"})


def own_detail(purpose: str) -> forms.TextInput:
    """A box about the person who writes, which the browser may fill (WCAG 1.3.5)."""
    return forms.TextInput(attrs={"autocomplete": purpose, "spellcheck": "false"})
