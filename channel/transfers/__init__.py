"""A case that moves with the person to another area: proposing, answering, carrying out (R178)."""
