"""docs/evaluation.md and its figures, from the committed runs."""

from __future__ import annotations

from asterism.evidence.page.whole import Page, Results, page, read

__all__ = ["Page", "Results", "page", "read"]
