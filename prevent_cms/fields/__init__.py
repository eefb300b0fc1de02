"""Form fields in GOV.UK style. Each takes `label`, `help_text`, `required`, and:

`what` (the words of its errors: "Enter {what}"), `who` (who will see it), `legend`, `width`, ...
"""

from prevent_cms.answers import Answer, YesNo, YesNoSuspected, YesNoUnknown
from prevent_cms.fields.choices import (
    AnswerField,
    CheckboxChoices,
    CheckboxModelChoices,
    RadioChoice,
    RadioModelChoice,
    SelectChoice,
    SelectModelChoice,
    Tick,
    YesNoField,
)
from prevent_cms.fields.dates import DateField, DateParts, TimeOfDay
from prevent_cms.fields.forms import RevealingForm, StaleEditForm
from prevent_cms.fields.text import (
    CaseReference,
    EmailAddress,
    EmailOrPhone,
    LongText,
    Phone,
    ShortText,
    WholeNumber,
)

__all__ = [
    "Answer",
    "AnswerField",
    "CaseReference",
    "CheckboxChoices",
    "CheckboxModelChoices",
    "DateField",
    "DateParts",
    "EmailAddress",
    "EmailOrPhone",
    "LongText",
    "Phone",
    "RadioChoice",
    "RadioModelChoice",
    "RevealingForm",
    "SelectChoice",
    "SelectModelChoice",
    "ShortText",
    "StaleEditForm",
    "Tick",
    "TimeOfDay",
    "WholeNumber",
    "YesNo",
    "YesNoField",
    "YesNoSuspected",
    "YesNoUnknown",
]
