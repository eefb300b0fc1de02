"""The pathway of an area in words, and changing a value of its policy."""
