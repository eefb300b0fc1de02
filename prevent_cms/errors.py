"""The two ways an action says no. The message is for the person at the screen, in plain English."""


class ActionDenied(Exception):
    """This person may not do this to this record (403)."""


class ActionInvalid(Exception):
    """Nobody may do this to the record as it now stands (409)."""
