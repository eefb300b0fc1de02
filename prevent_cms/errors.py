"""The two ways an action says no. The message is for the person at the screen, in plain English."""


class ActionDenied(Exception):
    """This person may not do this to this record (403)."""


class ActionInvalid(Exception):
    """Nobody may do this to the record as it now stands (409)."""


class Stale(ActionInvalid):
    """The record changed between the look at its version and the lock.

    The middleware lets the view look again; it shows both (prevent_cms/conflict.py).
    """
