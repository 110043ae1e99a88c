"""Run tasks of the harness on one model, offline, and say what is missing."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from asterism.backbone import Backbone
from asterism.data.tokenizer import Tokenizer
from asterism.errors import Refused
from asterism.harness.disk import OFFLINE, Source, is_here, members, sources, stay_offline
from asterism.harness.pass_at_k import PassAtK, take_its_place
from asterism.harness.presets import PRESETS, choose, needs_of, note_of, unknown
from asterism.harness.sandbox import CPU_SECONDS, run_confined

PACKAGE = Path(__file__).resolve().parents[1]
"""What a confined run must be able to read."""
SUITE = "nano-2"
"""Whose text probes `probes` means."""


@dataclass(frozen=True, kw_only=True)
class HarnessRequest:
    """`tasks`: presets, groups of presets, `probes[:suite]`, or tasks of the harness. `data`: a folder of
    datasets as `hf download` leaves them; `include`: folders of the user's own task files.

    `limit`: documents of each task; `shots`: examples before each question, the task's own unless given.
    `allow_code`: tasks that run what the model writes may do so, confined, for `code_seconds` of CPU time.
    """

    tasks: Sequence[str]
    data: Path | None = None
    include: Sequence[Path] = field(default_factory=tuple)
    limit: int | None = None
    shots: int | None = None
    longest: int = 2048
    allow_code: bool = False
    code_seconds: int = CPU_SECONDS


@dataclass(frozen=True, kw_only=True)
class HarnessResult:
    """`scores`: task → metric → value, with standard errors as `<metric>_stderr`; `truncated`: requests of
    which only the end was read; `missing`: what was asked for and cannot run, with the reason and the remedy.
    """

    scores: Mapping[str, Mapping[str, Any]]
    documents: Mapping[str, int]
    versions: Mapping[str, str]
    truncated: Mapping[str, int]
    missing: Mapping[str, str]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Its log, prints and progress bars would bury the table."""
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def check_installed() -> None:
    """A refusal with the command when the harness is not there."""
    try:
        version("lm_eval")
    except ModuleNotFoundError as error:
        raise Refused("lm-evaluation-harness is not installed: pip install './workers[harness]'") from error


def evaluate(model: Backbone, tokenizer: Tokenizer, request: HarnessRequest) -> HarnessResult:
    """Everything that can run; when nothing can, a refusal that says why."""
    check_installed()
    stay_offline()
    chosen = choose(request.tasks, SUITE)
    manager = _manager(chosen.folders, request.include)
    if any(name not in manager.task_index for name in chosen.tasks):
        manager = _manager(None, request.include)
    for name in chosen.tasks:
        if name not in manager.task_index:
            raise unknown(name)
    missing = {name: PRESETS[name].note for name in chosen.lacking}
    ready, absent = _on_disk(chosen.tasks, manager.task_index, request.data)
    missing |= absent
    ready, held_back = _with_consent(ready, manager.task_index, request.allow_code)
    missing |= held_back
    missing |= (unmet := {name: why for name in ready if (why := needs_of(name))})
    ready = [name for name in ready if name not in unmet]
    own = [each for name in chosen.suites for each in _probes(name)]
    if not ready and not own:
        raise Refused("; ".join(f"{name}: {why}" for name, why in missing.items()))
    return _scores(model, tokenizer, request, manager, [*ready, *own], missing)


def _probes(suite: str) -> list[dict[str, Any]]:
    from asterism.harness.probes import harness_tasks

    return harness_tasks(suite)


def _manager(folders: Sequence[str] | None, include: Sequence[Path]) -> Any:
    """All of the harness's tasks take ten seconds to list; those in a few folders a fraction of one."""
    import lm_eval.tasks

    home = Path(lm_eval.tasks.__file__).parent
    paths: list[str | Path] = [
        *(str(home / name) for name in folders or ()),
        *(str(path) for path in include),
    ]
    return lm_eval.tasks.TaskManager(include_defaults=folders is None, include_path=paths)


def task_index(folders: Sequence[str]) -> Mapping[str, Any]:
    """What the harness knows in these folders of its own."""
    return _manager(folders, ()).task_index


def _on_disk(
    tasks: Sequence[str], index: Mapping[str, Any], folder: Path | None
) -> tuple[list[str], dict[str, str]]:
    """Tasks all of whose datasets are here, and for the others which are not."""
    known: dict[Source, bool] = {}
    ready, missing = [], {}
    for name in tasks:
        needed = dict.fromkeys(source for _, source in sources([name], index))
        for source in needed:
            if source not in known:
                known[source] = is_here(source, folder)
        absent = [source for source in needed if not known[source]]
        if not absent:
            ready.append(name)
            continue
        paths = list(dict.fromkeys(source.path for source in absent))
        remedy = "; ".join(Source(path=path, name=None).command(folder or Path("data")) for path in paths)
        missing[name] = (
            f"needs {', '.join(paths)}, not on this disk: {remedy}, then --data {folder or 'data'}"
        )
        missing[name] += f" ({note})" if (note := note_of(name)) else ""
    return ready, missing


def _with_consent(
    tasks: Sequence[str], index: Mapping[str, Any], allowed: bool
) -> tuple[list[str], dict[str, str]]:
    """Tasks that run code are held back unless that is allowed."""
    refused = {} if allowed else {name for name in tasks if _runs_code(name, index)}
    why = "runs code that the model writes; --allow-code lets it, in a confined process"
    return [name for name in tasks if name not in refused], dict.fromkeys(refused, why)


def _runs_code(name: str, index: Mapping[str, Any]) -> bool:
    entry = index[name]
    if entry.kind.name in ("GROUP", "TAG"):
        return any(_runs_code(member, index) for member in members(entry, index))
    return bool((entry.cfg or {}).get("unsafe_code"))


def _scores(
    model: Backbone,
    tokenizer: Tokenizer,
    request: HarnessRequest,
    manager: Any,
    tasks: list[Any],
    missing: dict[str, str],
) -> HarnessResult:
    from asterism.harness.model import HarnessModel
    from asterism.harness.replay import Recording, Replay

    harness: Any = import_module("lm_eval")
    wrapped = HarnessModel(model, tokenizer, longest=request.longest)
    code = any(isinstance(task, str) and _runs_code(task, manager.task_index) for task in tasks)
    if code:
        os.environ["HF_ALLOW_CODE_EVAL"] = "1"
        take_its_place()

    def load() -> list[Any]:
        with _quiet(), _in_folder(request.data):
            return [each for task in tasks for each in _loaded(manager, task, missing)]

    def ask(model: Any, loaded: list[Any], *, only_write: bool = False) -> dict[str, Any]:
        with _quiet():
            found = harness.simple_evaluate(
                model=model,
                tasks=loaded,
                num_fewshot=request.shots,
                limit=request.limit,
                bootstrap_iters=1000,
                log_samples=False,
                predict_only=only_write,
                task_manager=manager,
                confirm_run_unsafe_code=code,
            )
        kept = {key: found[key] for key in ("results", "versions")}
        return {**kept, "n-samples": found.get("n-samples", {})}

    loaded = load()
    if not loaded:
        raise Refused("; ".join(f"{name}: {why}" for name, why in missing.items()))
    if code:
        # Writing needs the model and no confinement, judging the reverse. Tasks that have written are spent.
        recording, judged = Recording(wrapped), load()
        ask(recording, loaded, only_write=True)
        found = _confined(lambda: ask(Replay(recording.said), judged), request)
    else:
        found = ask(wrapped, loaded)
    return HarnessResult(
        scores={name: _metrics(values) for name, values in found["results"].items()},
        documents={name: counts["effective"] for name, counts in found["n-samples"].items()},
        versions={"lm_eval": version("lm_eval"), **{k: str(v) for k, v in found["versions"].items()}},
        truncated=dict(wrapped.truncated),
        missing=missing,
    )


def _loaded(manager: Any, task: Any, missing: dict[str, str]) -> list[Any]:
    """The task, group, or tasks of a tag, with their documents: a confined process could not read them.

    A task of the harness can need packages of its own; what keeps it from loading joins what is missing.
    """
    try:
        found = manager.load([task])
    except Exception as error:  # a task's own module runs here
        if not isinstance(task, str):
            raise
        missing[task] = f"cannot be loaded: {type(error).__name__}: {str(error).strip()[:300]}"
        return []
    if isinstance(task, str) and task in found.get("groups", ()):
        return [found["groups"][task]]
    return list(found["tasks"].values())


def _confined(work: Callable[[], dict[str, Any]], request: HarnessRequest) -> dict[str, Any]:
    """The judging in one confined child: generated code is run by the harness in the middle of it."""

    def inside() -> dict[str, Any]:
        os.environ |= {**OFFLINE, "HF_ALLOW_CODE_EVAL": "1"}
        PassAtK.confined = True
        return work()

    return run_confined(inside, readable=[PACKAGE, *request.include], cpu_seconds=request.code_seconds)


@contextlib.contextmanager
def _in_folder(folder: Path | None) -> Iterator[None]:
    """`datasets` looks in the working directory first: `owner/name` there wins over its cache."""
    with contextlib.nullcontext() if folder is None else contextlib.chdir(folder):
        yield


def _metrics(values: Mapping[str, Any]) -> dict[str, Any]:
    """Names as `metric` or `metric,filter`, the trivial filter left out; only numbers are kept."""
    return {
        name.removesuffix(",none").replace(",none_stderr", "_stderr"): float(value)
        for name, value in values.items()
        if isinstance(value, int | float) and name not in ("sample_len", "sample_count")
    }
