"""Debian's documentation packages as text: packages → files → blocks → documents."""
