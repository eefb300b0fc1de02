"""The demonstration: invented people whose cases were brought to every stage by the real actions."""
