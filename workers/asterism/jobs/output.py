"""The child's output: bounded, kept until the control plane has it, shown on the candidate's page."""

from __future__ import annotations

import codecs

TOTAL_BYTES = 256 * 1024
CHUNK_BYTES = 16 * 1024
CUT_NOTE = b"\n[output cut: more than 256 KiB]\n"


class Output:
    """Collects bytes up to a bound and hands them out in pieces with their offset."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._sent = 0
        self._cut = False

    def take(self, data: bytes) -> None:
        """Add output; what exceeds the bound is dropped with one note."""
        room = TOTAL_BYTES - len(self._bytes)
        if room > 0:
            self._bytes += data[:room]
        if len(data) > max(room, 0) and not self._cut:
            self._cut = True
            self._bytes += CUT_NOTE

    def pending(self) -> tuple[int, int, str] | None:
        """Offset and length in bytes, and text of the next piece; None when all is sent."""
        piece = bytes(self._bytes[self._sent : self._sent + CHUNK_BYTES])
        # An unfinished UTF-8 character at the end stays for the next piece.
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        text = decoder.decode(piece)
        length = len(piece) - len(decoder.getstate()[0])
        return (self._sent, length, text) if length else None

    def sent(self, offset: int, length: int) -> None:
        """The piece from `pending` arrived."""
        self._sent = offset + length

    def tail(self, size: int = 2000) -> str:
        """The last output, for a failure's reason."""
        return bytes(self._bytes[-size:]).decode(errors="replace")
