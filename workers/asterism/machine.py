"""What this machine is:

the names under which results are comparable, and the identity kept with every measurement.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Measured sets of flags that change which kernels torch picks; the rest of /proc/cpuinfo is noise for us.
_ISA_FLAGS = (
    "avx2",
    "fma",
    "avx512f",
    "avx512_bf16",
    "avx512_vnni",
    "amx_tile",
    "amx_bf16",
    "asimd",
    "sve",
    "bf16",
)
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The part of a machine's description that registration with the control plane sends."""

    cpu_model: str
    cores: int
    isa: tuple[str, ...]
    memory_bytes: int
    os: str


def _cpuinfo() -> dict[str, str]:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _isa(info: dict[str, str]) -> tuple[str, ...]:
    flags = set((info.get("flags") or info.get("Features") or "").split())
    return tuple(flag for flag in _ISA_FLAGS if flag in flags)


def describe_machine() -> Machine:
    """Read the machine's description. Needs no torch, so a worker without torch can still say where it is."""
    info = _cpuinfo()
    return Machine(
        cpu_model=info.get("model name") or platform.processor() or platform.machine(),
        cores=len(_affinity()),
        isa=_isa(info),
        memory_bytes=_memory_bytes(),
        os=f"{platform.system()} {platform.release()}",
    )


def slug(text: str) -> str:
    """`AMD EPYC 9B14 96-Core Processor` → `amd-epyc-9b14-96-core-processor`: no spaces, no slashes."""
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9.+]+", "-", text.lower())).strip("-") or "unknown"


def device_model(machine: Machine) -> str:
    """Device model of a target name.

    Family and model number join the slug: clouds call very different chips `AMD EPYC`.
    """
    info = _cpuinfo()
    numbers = [info[key] for key in ("cpu family", "model") if key in info]
    return slug(" ".join([machine.cpu_model, *numbers]))


def resolve_target(selector: str, machine: Machine) -> str:
    """`cpu/torch/fp32` → `<device model>/torch/fp32`; a target that is already resolved stays as it is."""
    device, rest = selector.split("/", 1)
    return f"{device_model(machine) if device == 'cpu' else device}/{rest}"


def numeric_class() -> str:
    """The class inside which a training gives the same bits:

    kernels chosen by capability, torch version, dtype, threads.
    """
    import torch

    capability = torch.backends.cpu.get_cpu_capability().lower()
    version = torch.__version__.split("+")[0]
    return f"cpu-{platform.machine().lower()}-{slug(capability)}/torch-{version}/fp32/1-thread"


def user_state() -> Path:
    """Folder for what outlives a run: `$XDG_STATE_HOME/asterism`, usually ~/.local/state/asterism."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "asterism"


def software() -> dict[str, str]:
    """Versions that registration sends and every profile keeps."""
    from importlib.metadata import version

    import torch

    return {"python": platform.python_version(), "torch": torch.__version__, "asterism": version("asterism")}


def environment() -> dict[str, str]:
    """Installed packages that a model's numbers depend on, as pip names them, for `environment.txt`."""
    from importlib.metadata import version

    return {name: version(name) for name in ("asterism", "torch", "numpy", "safetensors", "pydantic")}


def _affinity() -> list[int]:
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _first_line(path: str) -> str | None:
    try:
        return Path(path).read_text().strip() or None
    except OSError:
        return None


def load_average() -> float:
    """One-minute load average; what tells a shared machine from a quiet one."""
    return round(os.getloadavg()[0], 2)


def last_level_cache_bytes() -> int:
    """Size of the last-level cache in bytes, 0 where the system does not say."""
    text = _first_line("/sys/devices/system/cpu/cpu0/cache/index3/size") or "0K"
    return int(text.rstrip("KM") or 0) * {"K": 1024, "M": 1024**2}.get(text[-1], 1)


def identity() -> dict[str, Any]:
    """Everything about machine and software that a measurement may depend on.

    What cannot be read is None, never guessed.
    """
    import torch

    machine = describe_machine()
    info = _cpuinfo()
    return {
        "cpuModel": machine.cpu_model,
        "deviceModel": device_model(machine),
        "microcode": info.get("microcode"),
        "isa": list(machine.isa),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "cores": os.cpu_count(),
        "affinity": _affinity(),
        "threads": torch.get_num_threads(),
        "lastLevelCacheBytes": last_level_cache_bytes(),
        "governor": _first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "frequencyKHz": _first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"),
        "transparentHugePages": _first_line("/sys/kernel/mm/transparent_hugepage/enabled"),
        "memoryBytes": machine.memory_bytes,
        "os": machine.os,
        "kernel": platform.version(),
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "numericClass": numeric_class(),
    }


def keep_freed_memory() -> None:
    """Let this process keep what it frees (glibc): training asks for the same large blocks again and again,
    and pages that went back to the system cost more than many an operation on them.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD):
            libc.mallopt(option, 2**30)
