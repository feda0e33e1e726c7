"""What a run costs: seconds, CPU seconds, memory."""

import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
# Linux tells kilobytes, macOS bytes.
_UNIT = 1 if sys.platform == "darwin" else 1024
_PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, CPU seconds and the most memory held, of a process and its children together."""

    seconds: float
    cpu: float
    megabytes: float

    def over(self, other: "Cost") -> "Cost":
        """Give the ratios of this cost to another one."""
        return Cost(self.seconds / other.seconds, self.cpu / other.cpu, self.megabytes / other.megabytes)


def cost_of(work: Callable[[], object]) -> Cost:
    """Do some work in this process and say what it cost; memory is what the process has held at most, ever."""
    clock, cpu = time.perf_counter(), _cpu()
    work()
    return Cost(time.perf_counter() - clock, _cpu() - cpu, most_held() / MEGABYTE)


def median(costs: Sequence[Cost]) -> Cost:
    """Give the median of each figure."""
    return Cost(*map(statistics.median, zip(*(asdict(cost).values() for cost in costs), strict=True)))


def held(pid: int, above: bytes = b"") -> float:
    """Give the megabytes a process and its descendants hold at this moment; 0 where the system does not tell."""
    place = Path(f"/proc/{pid}")
    try:
        told, pages = (place / "cmdline").read_bytes(), int((place / "statm").read_text().split()[1])
        children = (place / "task" / str(pid) / "children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    # A child that still has its parent's command line has its parent's memory too, not more of it.
    return 0.0 if told == above else pages * _PAGE / MEGABYTE + sum(held(int(child), told) for child in children)


def spent(pid: int) -> tuple[float, float]:
    """Give the CPU seconds of a process and its descendants, and the most megabytes one of them ever held (Linux)."""
    place = Path(f"/proc/{pid}")
    # What follows the name, which may hold blanks.
    told = (place / "stat").read_text().rpartition(") ")[2].split()
    peak = next(int(line.split()[1]) for line in (place / "status").read_text().splitlines() if line.startswith("VmHWM"))
    children = (place / "task" / str(pid) / "children").read_text().split()
    others = [spent(int(child)) for child in children]
    cpu = (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    return cpu + sum(one for one, _ in others), max([peak / 1024, *(most for _, most in others)])


def most_held() -> int:
    """Give the most bytes this process held; what its parent held when it was started does not count, where told."""
    status = Path("/proc/self/status")
    told = status.read_text().splitlines() if status.exists() else []
    peak = [int(line.split()[1]) * 1024 for line in told if line.startswith("VmHWM")]
    return peak[0] if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _cpu() -> float:
    return sum(os.times()[:4])
