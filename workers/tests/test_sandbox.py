"""The confined process: what it may not do, and what comes out of it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from asterism.errors import Refused
from asterism.harness.sandbox import SandboxFailed, run_confined


def refused(attempt: object) -> str:
    assert callable(attempt)
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return "done"


def test_files_outside_are_closed_also_to_its_children(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("secret")

    def work() -> dict[str, object]:
        child = subprocess.run(["/usr/bin/cat", str(secret)], capture_output=True, check=False)
        Path("own").write_text("mine")
        return {
            "read": refused(secret.read_text),
            "write": refused(lambda: secret.write_text("x")),
            "list": refused(lambda: os.listdir(tmp_path)),
            "remove": refused(secret.unlink),
            "child": child.returncode,
            "own": Path("own").read_text(),
            "environment": sorted(os.environ),
        }

    os.environ["ASTERISM_TOKEN"] = "secret"
    try:
        found = run_confined(work)
    finally:
        del os.environ["ASTERISM_TOKEN"]
    denied = dict.fromkeys(("read", "write", "list", "remove"), "PermissionError")
    assert found == {
        **denied,
        "child": 1,
        "own": "mine",
        "environment": ["HOME", "OMP_NUM_THREADS", "PATH", "TMPDIR"],
    }
    assert secret.read_text() == "secret"


def test_there_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        assert refused(lambda: socket.create_connection(address, 2).close()) == "done"
        assert run_confined(lambda: refused(lambda: socket.create_connection(address, 2))) == "OSError"


def test_folders_that_are_lent_can_be_read_only(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("lent")

    def work() -> list[str]:
        return [(tmp_path / "data").read_text(), refused(lambda: (tmp_path / "data").write_text("x"))]

    assert run_confined(work, readable=[tmp_path]) == ["lent", "PermissionError"]


def test_endless_work_ends() -> None:
    def spin() -> None:
        while True:
            pass

    started = time.monotonic()
    with pytest.raises(SandboxFailed, match="ended without an answer"):
        run_confined(spin, cpu_seconds=1)
    assert time.monotonic() - started < 60


def test_children_left_behind_end_with_it(tmp_path: Path) -> None:
    def leave() -> int:
        return subprocess.Popen(["/usr/bin/sleep", "600"]).pid

    child = run_confined(leave)
    for _ in range(100):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("a child of the confined process lives on")


def test_errors_come_out_as_words() -> None:
    def fail() -> None:
        raise ZeroDivisionError("by hand")

    def refuse() -> None:
        raise Refused("not this")

    with pytest.raises(SandboxFailed, match="ZeroDivisionError: by hand"):
        run_confined(fail)
    with pytest.raises(Refused, match="not this"):
        run_confined(refuse)
