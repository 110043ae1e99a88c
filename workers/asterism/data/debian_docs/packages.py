"""Where the files of a Debian package are: installed ones where they lie, others fetched and unpacked aside,
which needs no root.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from asterism.data.debian_docs.files import documentation
from asterism.errors import Refused

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_TOOLS = ("apt-get", "apt-cache", "dpkg-deb", "dpkg-query", "dpkg")


@dataclass(frozen=True, kw_only=True)
class Package:
    """A package whose documentation can be read below `root`."""

    name: str
    version: str
    root: Path
    files: tuple[str, ...]
    installed: bool


class Unavailable(Refused):
    """Packages that are neither installed nor fetched, and what to type."""

    def __init__(self, names: list[str], reason: str) -> None:
        words = " ".join(names)
        super().__init__(
            f"{', '.join(names)}: not installed and not fetched ({reason}); `sudo apt-get update` and "
            f"`sudo apt-get install {words}` on Debian or Ubuntu, then again"
        )


def _said(*words: str, folder: Path | None = None) -> tuple[int, str, str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def check_names(names: list[str]) -> list[str]:
    """The names, each once, in alphabetical order: they are words of commands."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise Refused(f"'{name}' is no name of a Debian package, as perl-doc is")
    if not names:
        raise Refused("no package is named")
    return sorted(set(names))


def _installed(name: str) -> Package | None:
    """The package where it lies, if nothing of it was left out or changed since it was installed."""
    code, said, _ = _said("dpkg-query", "-W", "-f=${db:Status-Status} ${Version}", name)
    status, _, version = said.partition(" ")
    if code != 0 or status != "installed" or " " in version:
        return None
    listed = [line.lstrip("/") for line in _said("dpkg-query", "-L", name)[1].splitlines()]
    files = documentation([path for path in listed if path.startswith("usr/")])
    changed = {line.split()[-1].lstrip("/") for line in _said("dpkg", "--verify", name)[1].splitlines()}
    root = Path("/")
    if not changed.isdisjoint(files) or not all((root / path).exists() for path in files):
        return None
    real = tuple(path for path in files if (root / path).is_file() and not (root / path).is_symlink())
    return Package(name=name, version=version, root=root, files=real, installed=True)


def _reason(errors: str) -> str:
    lines = [line.removeprefix("E: ") for line in errors.splitlines() if line.startswith("E: ")]
    return lines[0] if lines else "apt-get download failed"


def _fetched(name: str, folder: Path) -> Package:
    folder.mkdir()
    code, _, errors = _said("apt-get", "download", "-q", name, folder=folder)
    found = sorted(folder.glob("*.deb"))
    if code != 0 or not found:
        raise Unavailable([name], _reason(errors))
    root = folder / "root"
    code, _, errors = _said("dpkg-deb", "-x", str(found[0]), str(root))
    if code != 0:
        raise Unavailable([name], errors.strip().splitlines()[-1] if errors.strip() else "not unpacked")
    version = _said("dpkg-deb", "-f", str(found[0]), "Version")[1].strip()
    found[0].unlink()
    paths = [each.relative_to(root).as_posix() for each in _regular(root)]
    return Package(name=name, version=version, root=root, files=tuple(documentation(paths)), installed=False)


def _regular(root: Path) -> list[Path]:
    """Files below a folder; links are not followed."""
    found = [Path(folder) / name for folder, _, names in os.walk(root) for name in names]
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _stem(name: str) -> str:
    return re.sub(r"[-.]?\d[\d.]*", "", name)


def _versioned(name: str) -> str | None:
    """What an empty package as python3-doc stands for: the dependency that differs in digits alone."""
    depends = _said("apt-cache", "show", "--no-all-versions", name)[1]
    line = re.search(r"^Depends: (.*)$", depends, re.MULTILINE)
    named = re.findall(r"[a-z0-9][a-z0-9+.-]+", re.sub(r"\([^)]*\)", "", line[1])) if line else []
    return next((each for each in named if each != name and _stem(each) == _stem(name)), None)


def locate(names: list[str], folder: Path) -> list[Package]:
    """The packages, fetched into `folder` where they are not installed; all of them, or a refusal."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise Unavailable(names, f"no {missing[0]} here")
    wanted = sorted({_versioned(name) or name for name in check_names(names)})
    found, failed = [], []
    for at, name in enumerate(wanted):
        try:
            found.append(_installed(name) or _fetched(name, folder / str(at)))
        except Unavailable as refusal:
            failed.append((name, str(refusal).partition("(")[2].partition(");")[0]))
    if failed:
        raise Unavailable([name for name, _ in failed], failed[0][1])
    return found
