"""Who may move a case from where: written by hand from design section 4, not from the code.

Each row: move -> (statuses it starts from, where it leads, people of tests/people.py who may).
A wider role or a new arrow fails the matrix until somebody has thought about it and changed this.
"""

OPEN = {
    "RECEIVED",
    "SCREENING",
    "DECONFLICTION",
    "INFORMATION_GATHERING",
    "ASSESSMENT",
    "PANEL",
    "SUPPORT",
}
POLICE = {"officer", "supervisor"}
CHAIRS = {"chair", "deputy"}

MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "take": ({"RECEIVED"}, "SCREENING", POLICE),
    "pass_screening": ({"SCREENING"}, "DECONFLICTION", POLICE),
    "release": ({"DECONFLICTION"}, "INFORMATION_GATHERING", POLICE),
    "release_without_requests": ({"DECONFLICTION"}, "ASSESSMENT", POLICE),
    "begin_assessment": ({"INFORMATION_GATHERING"}, "ASSESSMENT", POLICE),
    "gather_again": ({"ASSESSMENT", "PANEL"}, "INFORMATION_GATHERING", POLICE | {"lead"}),
    "convene": ({"ASSESSMENT"}, "PANEL", POLICE | CHAIRS | {"lead"}),
    "adopt": ({"PANEL"}, "SUPPORT", CHAIRS),
    "not_adopt": ({"PANEL"}, "CLOSED", CHAIRS),
    "return_to_panel": ({"SUPPORT"}, "PANEL", POLICE | CHAIRS | {"lead"}),
    "exit": ({"SUPPORT"}, "CLOSED", POLICE | CHAIRS),
    "hold": (OPEN, "HELD", POLICE),
    "resume": ({"HELD"}, "back", POLICE),
    "close": (OPEN | {"HELD"}, "CLOSED", POLICE),
    "reopen": ({"CLOSED"}, "PANEL", {"supervisor", "chair"}),
}
