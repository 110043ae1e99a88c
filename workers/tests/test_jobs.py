"""The worker's parts against real files, processes and servers; the whole is in test/contracts."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import site
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.errors import Refused, Transient, UnsupportedOnTarget
from asterism.jobs.channel import when_disk_has_room, write_whole
from asterism.jobs.child import failure_of
from asterism.jobs.control import Control, RefusedByControlPlane
from asterism.jobs.failures import outcome_of_exit
from asterism.jobs.inputs import Inputs
from asterism.jobs.output import CHUNK_BYTES, TOTAL_BYTES, Output
from asterism.jobs.process import Exit, JobProcesses
from asterism.jobs.spool import ENTRY, Entry, Spool
from asterism.jobs.stall import MOST_SECONDS, Signs, Stillness, stalled

Answer = tuple[int, bytes]


@contextmanager
def a_server(answer: Callable[[str, str, bytes], Answer]) -> Iterator[str]:
    """An HTTP server whose answers the test decides, on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, content = answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _serve

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def an_entry(spool: Spool, data: bytes = b"samples") -> Entry:
    folder = spool.folder_for("prof_a", 3)
    folder.mkdir()
    (folder / "samples.json.gz").write_bytes(data)
    files = {"samples": str(folder / "samples.json.gz")}
    outcome = {"status": "measured", "metrics": {"x": 1.5}}
    return Entry(kind="profile", row="prof_a", epoch=3, outcome=outcome, artifacts=files, folder=folder)


def deliver(spool: Spool, entry: Entry, url: str) -> str:
    async def run() -> str:
        control = Control(url, "token")
        try:
            return await spool.deliver(entry, control)
        finally:
            await control.close()

    return asyncio.run(run())


def test_an_outcome_survives_a_restart_and_a_control_plane_that_fails_twice(tmp_path: Path):
    entry = an_entry(Spool(tmp_path))
    assert Spool(tmp_path).keep(entry)
    seen: list[tuple[str, str, bytes]] = []

    def answer(method: str, path: str, body: bytes) -> Answer:
        seen.append((method, path, body))
        return (503, b"{}") if len(seen) in (1, 3) else (200, b"{}")

    restarted = Spool(tmp_path)
    [found] = list(restarted.entries())
    assert found == entry
    with a_server(answer) as url:
        assert deliver(restarted, found, url) == "accepted"
    sha = hashlib.sha256(b"samples").hexdigest()
    assert [(method, path) for method, path, _ in seen] == [
        *[("PUT", f"/v1/artifacts/{sha}")] * 2,
        *[("POST", "/v1/profiles/prof_a/result")] * 2,
    ]
    assert json.loads(seen[-1][2])["outcome"]["artifacts"] == {"samples": sha}
    assert list(restarted.entries()) == []


def test_a_late_result_is_dropped_when_its_epoch_is_over(tmp_path: Path):
    spool = Spool(tmp_path)
    stale = json.dumps({"code": "stale-epoch", "detail": "epoch 3 is over"}).encode()
    with a_server(lambda method, path, body: (409, stale) if path.endswith("result") else (200, b"")) as url:
        assert deliver(spool, an_entry(spool), url) == "stale-epoch"
    assert list(tmp_path.iterdir()) == []


def test_an_outcome_that_is_refused_as_invalid_is_reported_as_a_failure(tmp_path: Path):
    spool, bodies = Spool(tmp_path), []

    def answer(method: str, path: str, body: bytes) -> Answer:
        if not path.endswith("result"):
            return 200, b""
        bodies.append(json.loads(body))
        detail = json.dumps({"code": "invalid", "detail": "/metrics/x"}).encode()
        return (400, detail) if len(bodies) == 1 else (200, b"{}")

    with a_server(answer) as url:
        deliver(spool, an_entry(spool), url)
    assert bodies[1]["outcome"]["class"] == "poison" and "/metrics/x" in bodies[1]["outcome"]["reason"]


def test_a_full_disk_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    spool = Spool(tmp_path)
    entry = an_entry(spool)
    partial = entry.folder / f"{ENTRY}.partial"
    partial.symlink_to("/dev/full")  # every write to it fails with ENOSPC
    assert not spool.keep(entry)
    assert "Free some space" in caplog.text and "--state" in caplog.text
    with a_server(lambda method, path, body: (200, b"{}")) as url:
        assert deliver(spool, entry, url) == "accepted"


def test_a_child_waits_for_room_on_the_disk(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    partial = tmp_path / "outcome.json.partial"
    partial.symlink_to("/dev/full")
    threading.Timer(0.5, partial.unlink).start()
    write_whole(tmp_path / "outcome.json", b"all of it")
    assert (tmp_path / "outcome.json").read_bytes() == b"all of it"
    assert "disk full" in capfd.readouterr().err
    with pytest.raises(FileNotFoundError):
        when_disk_has_room("nothing", lambda: Path(tmp_path / "no" / "folder").touch())


def fetch(url: str, folder: Path, work: dict) -> dict[str, str]:
    async def run() -> dict[str, str]:
        control = Control(url, "token")
        try:
            return await Inputs(folder, control).datasets(work)
        finally:
            await control.close()

    return asyncio.run(run())


def test_a_dataset_is_fetched_once_and_again_when_its_bytes_rot(tmp_path: Path):
    data, asked = b"some text", []
    sha = hashlib.sha256(data).hexdigest()
    work = {"datasets": [{"name": "notes", "kind": "text", "sha256": sha}]}

    def answer(method: str, path: str, body: bytes) -> Answer:
        asked.append(path)
        return 200, data

    with a_server(answer) as url:
        path = Path(fetch(url, tmp_path, work)[sha])
        assert (path.read_bytes(), len(asked)) == (data, 1)
        fetch(url, tmp_path, work)
        assert len(asked) == 1
        path.write_bytes(b"rotten")
        assert Path(fetch(url, tmp_path, work)[sha]).read_bytes() == data


def test_a_dataset_that_vanished_is_named(tmp_path: Path):
    work = {"datasets": [{"name": "my-notes", "kind": "text", "sha256": "ab" * 32}]}
    with a_server(lambda method, path, body: (404, b'{"detail": "no such artifact"}')) as url:
        with pytest.raises(Refused, match="`my-notes` .* is gone: no such artifact"):
            fetch(url, tmp_path, work)


def test_a_refusal_carries_its_remedy():
    body = json.dumps(
        {"type": "urn:asterism:problem:contract-mismatch", "detail": "old", "remedy": "install"}
    ).encode()

    async def register(url: str) -> None:
        control = Control(url, "token")
        try:
            await control.register({})
        finally:
            await control.close()

    with a_server(lambda method, path, given: (409, body)) as url:
        with pytest.raises(RefusedByControlPlane, match="old install") as refused:
            asyncio.run(register(url))
    assert refused.value.status == 409


@pytest.mark.parametrize(
    "code, cpu, tail, expected",
    [
        (-signal.SIGSEGV, 1, "", "poison"),
        (-signal.SIGABRT, 1, "", "poison"),
        (-signal.SIGBUS, 1, "", "poison"),
        (-signal.SIGFPE, 1, "", "poison"),
        (1, 1, "Traceback", "poison"),
        (-signal.SIGABRT, 1, "terminate called after throwing 'std::bad_alloc'", "out-of-memory"),
        (-signal.SIGKILL, 1, "", "transient"),
        (-signal.SIGTERM, 1, "", "transient"),
        (-signal.SIGXCPU, 10, "", "timeout"),
        (-signal.SIGKILL, 15, "", "timeout"),
    ],
)
def test_every_end_of_a_child_has_its_class(code: int, cpu: float, tail: str, expected: str):
    end = Exit(code=code, cpu_seconds=cpu, ours=False)
    outcome = outcome_of_exit(end, cpu_limit=10, checkpoint_step=64, tail=tail)
    assert (outcome["status"], outcome["class"]) == ("failed", expected)
    assert expected != "poison" or "at checkpoint step 64" in outcome["reason"]


@pytest.mark.parametrize(
    "error, expected",
    [
        (MemoryError(), "out-of-memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "out-of-memory"),
        (UnsupportedOnTarget("moe"), "unsupported"),
        (Refused("gone"), "refused"),
        (KeyError("surprise"), "poison"),
    ],
)
def test_every_exception_of_a_child_has_its_class(error: Exception, expected: str):
    assert failure_of(error, 8)["class"] == expected


@given(st.text(max_size=3 * CHUNK_BYTES // 8), st.integers(1, 5000))
def test_output_arrives_whole_whatever_the_pieces(text: str, piece: int):
    output, data, arrived = Output(), text.encode(), ""
    for at in range(0, len(data), piece):
        output.take(data[at : at + piece])
        while (pending := output.pending()) is not None:
            offset, length, part = pending
            assert offset == len(arrived.encode())
            arrived += part
            output.sent(offset, length)
    assert arrived == text


def test_output_is_bounded_and_says_so():
    output = Output()
    for _ in range(10):
        output.take(b"x" * (TOTAL_BYTES // 4))
    sent = 0
    last = ""
    while (pending := output.pending()) is not None:
        offset, length, last = pending
        sent += length
        output.sent(offset, length)
    assert sent < TOTAL_BYTES + 100
    assert "output cut" in last


def test_a_child_sees_no_secret_and_dies_with_its_whole_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ASTERISM_TOKEN", "ast_secret")

    async def run() -> None:
        processes = JobProcesses()
        await processes.start()
        (tmp_path / "work.json").write_text("{")  # not JSON: the job ends with an exception
        output = bytearray()
        request = {"kind": "profile", "folder": str(tmp_path), "memoryBytes": 10**9, "cpuSeconds": 60}
        child = await processes.run(request, lambda line: None, output.extend)
        environment = Path(f"/proc/{child.pid}/environ").read_bytes()
        end = await child.wait()
        assert b"secret" not in environment
        assert end.code == 0 and b"JSONDecodeError" in output
        await processes.close()

    asyncio.run(run())
    outcome = json.loads((tmp_path / "outcome.json").read_text())["outcome"]
    assert outcome["class"] == "poison" and outcome["reason"].startswith(
        "JSONDecodeError at checkpoint step 0"
    )


def test_a_dead_fork_server_is_a_transient_failure_and_starts_again(tmp_path: Path):
    async def run() -> None:
        processes = JobProcesses()
        await processes.start()
        # A request that never ends by itself: its work arrives through a pipe that nobody writes to.
        os.mkfifo(tmp_path / "work.json")
        request = {"kind": "profile", "folder": str(tmp_path), "memoryBytes": 10**9, "cpuSeconds": 60}
        child = await processes.run(request, lambda line: None, lambda data: None)
        server = int(Path(f"/proc/{child.pid}/stat").read_text().split()[3])
        os.kill(server, signal.SIGKILL)
        with pytest.raises(Transient):
            await child.wait()
        await asyncio.sleep(0.2)
        assert not Path(f"/proc/{child.pid}").exists() or "Z" in Path(f"/proc/{child.pid}/stat").read_text()
        again = await processes.run(request, lambda line: None, lambda data: None)
        await again.kill()
        assert (await again.wait()).ours
        await processes.close()

    asyncio.run(run())


def test_a_child_that_waits_for_ever_is_noticed_and_says_where(tmp_path: Path):
    async def run() -> tuple[float, bytes]:
        processes, signs, output = JobProcesses(), Signs(), bytearray()
        await processes.start()
        os.mkfifo(tmp_path / "work.json")  # nobody writes: the child waits in `read_text`
        request = {"kind": "profile", "folder": str(tmp_path), "memoryBytes": 10**9, "cpuSeconds": 60}
        child = await processes.run(request, lambda line: signs.show(), output.extend)
        seconds = await stalled(child.pid, signs, limit_seconds=2.0, cpu_limit=60)
        await child.end_hung()
        await child.wait()
        await processes.close()
        return seconds, bytes(output)

    seconds, output = asyncio.run(run())
    assert 2.0 <= seconds < 6.0
    assert b"read_text" in output


@pytest.mark.parametrize(
    "life", ["while True: pass", "import time\nwhile True: print('waiting', flush=True); time.sleep(.2)"]
)
def test_a_child_that_computes_in_silence_or_says_why_it_waits_is_not_ended(life: str):
    async def run() -> None:
        signs = Signs()
        command = [sys.executable, "-c", life]
        child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert child.stdout is not None

        async def listen(stream: asyncio.StreamReader) -> None:
            while await stream.readline():
                signs.show()

        listening = asyncio.create_task(listen(child.stdout))
        try:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(stalled(child.pid, signs, limit_seconds=3.0, cpu_limit=60), 8.0)
        finally:
            child.kill()
            await child.wait()
            await listening

    asyncio.run(run())


def test_time_in_which_the_supervisor_did_not_run_does_not_count():
    stillness = Stillness(100.0)
    stillness.look(101.0, alive=False)
    stillness.look(101.0 + 8 * 3600, alive=False)  # frozen over night
    assert stillness.seconds == 1.0 + MOST_SECONDS
    stillness.look(101.0 + 8 * 3600 + 1, alive=True)
    assert stillness.seconds == 0.0


def test_a_worker_without_torch_names_the_remedy(tmp_path: Path):
    packages = tmp_path / "packages"
    packages.mkdir()
    for entry in Path(site.getsitepackages()[0]).iterdir():
        if not entry.name.startswith("torch") and entry.suffix != ".pth":
            (packages / entry.name).symlink_to(entry)
    token = tmp_path / "token"
    token.write_text("token")
    source = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": f"{packages}{os.pathsep}{source}"}
    bare = os.path.realpath(sys.executable)  # the interpreter below the virtual environment
    command = [bare, "-m", "asterism.jobs.main", "--server", "http://127.0.0.1:9", "--token-file", str(token)]
    done = subprocess.run(
        [*command, "--state", str(tmp_path / "state")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "lacks torch" in done.stderr and "pip install" in done.stderr
