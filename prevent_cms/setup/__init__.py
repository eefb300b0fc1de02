"""Setting the project up: what `make` runs before the project itself can run."""
