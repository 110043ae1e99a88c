"""Reading genomes: normal form in, hash out. A text that is no normal form of format 1 is refused with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from .errors import GenomeRefused
from .operators.config import Genome

Json = Mapping[str, Any]


def canonical_text(normal_form: Json) -> str:
    """Sorted, compact JSON: for ASCII keys and integers the same text as RFC 8785."""
    return json.dumps(normal_form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def genome_hash(normal_form: Json) -> str:
    """SHA-256 of the canonical text, as in libs/genome."""
    return hashlib.sha256(canonical_text(normal_form).encode()).hexdigest()


def read_genome(normal_form: Json, expected_hash: str | None = None) -> Genome:
    """Check the hash first, then the shape; nothing is filled in or put right."""
    if expected_hash is not None and (found := genome_hash(normal_form)) != expected_hash:
        raise GenomeRefused(f"the genome's hash is {found}, expected {expected_hash}: not the normal form that was sent")
    try:
        return Genome.model_validate(normal_form)
    except ValidationError as error:
        raise GenomeRefused(f"not a genome in normal form: {_problems(error)}") from error


def _problems(error: ValidationError) -> str:
    return "; ".join(f"/{'/'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()[:5])
