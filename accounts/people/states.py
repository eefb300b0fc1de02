"""How far somebody has got, from the invitation to the end."""

from django.db import models


class State(models.TextChoices):
    WORKING = "working", "Working"
    INVITED = "invited", "Invited"
    NO_ROLE = "no_role", "No role"
    OFF = "off", "Switched off"


COLOURS = {
    State.WORKING: "green",
    State.INVITED: "yellow",
    State.NO_ROLE: "orange",
    State.OFF: "grey",
}
