"""Two words, never mixed: the classification of every page, and the handling mark of each item."""

from django.db import models

CLASSIFICATION = "OFFICIAL-SENSITIVE"


class Mark(models.TextChoices):
    """Who among us may read an item (design section 5)."""

    POLICE = "POLICE", "Police only"
    COORDINATION = "COORDINATION", "Coordinators"
    PANEL = "PANEL", "Panel"
    AGENCY = "AGENCY", "Our agency only"


WHO_SEES = {
    Mark.POLICE: "police working on this case only.",
    Mark.COORDINATION: "police, the Prevent lead, the panel chair and deputy, the panel "
    "administrator, and the safeguarding hub where it runs the checks.",
    Mark.PANEL: "the coordinators and every agency that this case is shared with for the panel.",
    Mark.AGENCY: "your own agency only.",
}
