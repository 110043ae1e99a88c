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
    denied = dict.fromkeys(("read", "write", "list", "remove"), "FileNotFoundError")
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
    lent = tmp_path / "data"
    lent.write_text("lent")
    before = lent.stat()

    def work() -> list[object]:
        attempts = (
            lambda: lent.write_text("x"),
            lambda: os.truncate(lent, 0),
            lambda: lent.chmod(0o777),
            lambda: os.utime(lent, (0, 0)),
            lambda: lent.rename(tmp_path / "other"),
            lambda: os.link(lent, "mine"),
            lambda: os.setxattr(lent, "user.mine", b"x"),
            lambda: (tmp_path / "new").write_text("x"),
        )
        return [lent.read_text(), [refused(attempt) for attempt in attempts]]

    text, answers = run_confined(work, readable=[tmp_path])
    assert text == "lent" and "done" not in answers
    assert lent.read_text() == "lent" and sorted(os.listdir(tmp_path)) == ["data"]
    after = lent.stat()
    assert (after.st_mode, after.st_mtime) == (before.st_mode, before.st_mtime)


def test_sockets_of_the_machine_are_out_of_reach(tmp_path: Path) -> None:
    def reached(address: str) -> str:
        with socket.socket(socket.AF_UNIX) as mine:
            return refused(lambda: mine.connect(address))

    addresses = [str(tmp_path / "socket"), f"\0asterism-{os.getpid()}"]
    servers = [socket.socket(socket.AF_UNIX) for _ in addresses]
    for server, address in zip(servers, addresses, strict=True):
        server.bind(address)
        server.listen()
    try:
        assert [reached(address) for address in addresses] == ["done", "done"]
        confined = run_confined(lambda: [reached(address) for address in addresses])
        assert "done" not in confined
    finally:
        for server in servers:
            server.close()


def test_there_are_no_other_processes_and_nobody_is_root() -> None:
    parent = os.getpid()

    def work() -> dict[str, object]:
        status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return {
            "pid": os.getpid(),
            "user": os.getuid(),
            "signal": refused(lambda: os.kill(parent, 0)) if parent != 1 else "ProcessLookupError",
            "seen": sorted(int(each) for each in os.listdir("/proc") if each.isdigit()),
            "capabilities": [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")],
            "mount": subprocess.run(["/usr/bin/mount", "-t", "tmpfs", "x", "."], check=False).returncode,
        }

    found = run_confined(work)
    assert found["pid"] == 1 and found["seen"] == [1] and found["signal"] == "ProcessLookupError"
    assert found["user"] != 0 and not any(found["capabilities"]) and found["mount"] != 0


def test_shared_memory_and_open_files_are_its_own(tmp_path: Path) -> None:
    mark = f"asterism-{os.getpid()}"
    inherited = (tmp_path / "open").open("w+")
    inherited.write("secret")
    inherited.flush()
    number = inherited.fileno()

    def work() -> dict[str, object]:
        before = os.listdir("/dev/shm")
        Path("/dev/shm", mark).write_text("left")
        return {"before": before, "inherited": refused(lambda: os.pread(number, 6, 0))}

    with inherited:
        found = run_confined(work)
    assert found == {"before": [], "inherited": "OSError"}
    assert mark not in os.listdir("/dev/shm")


def test_memory_has_a_limit() -> None:
    def hoard() -> int:
        return len(bytearray(400 * 1024**2))

    assert run_confined(hoard) == 400 * 1024**2
    with pytest.raises(SandboxFailed, match="MemoryError"):
        run_confined(hoard, memory_bytes=200 * 1024**2)


def test_endless_work_ends() -> None:
    def spin() -> None:
        while True:
            pass

    started = time.monotonic()
    with pytest.raises(SandboxFailed, match="ended without an answer: over its limit of 1 CPU-seconds"):
        run_confined(spin, cpu_seconds=1)
    assert time.monotonic() - started < 60


def test_children_left_behind_end_with_it() -> None:
    mark = str(600_000 + os.getpid())

    def leave() -> int:
        return subprocess.Popen(["/usr/bin/sleep", mark]).pid

    def left() -> list[str]:
        found = (path / "cmdline" for path in Path("/proc").iterdir() if path.name.isdigit())
        return [text for path in found if path.exists() and mark in (text := read(path))]

    assert run_confined(leave) > 1
    for _ in range(100):
        if not left():
            return
        time.sleep(0.05)
    raise AssertionError("a child of the confined process lives on")


def read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def test_errors_come_out_as_words() -> None:
    def fail() -> None:
        raise ZeroDivisionError("by hand")

    def refuse() -> None:
        raise Refused("not this")

    with pytest.raises(SandboxFailed, match="ZeroDivisionError: by hand"):
        run_confined(fail)
    with pytest.raises(Refused, match="not this"):
        run_confined(refuse)
