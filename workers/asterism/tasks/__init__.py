"""The evaluation suite: one file per family, one registry."""
