"""Run the tests marked `proof` and write what they print to docs/proof.md, a section for each.

With arguments (`make proof ONLY="-k throttle"`) only some of them run; the others keep the figures
of an earlier run, each with its own date and commit.
"""

import datetime
import os
import platform
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs/proof.md"
RESULTS = ROOT / "var/proof.xml"
# What the log, and the making of the test database, say beside the tests.
LOGGED = re.compile(r"^(\d{4}-\d\d-\d\d [\d:,]+ [A-Z]+|Cache table) .*\n?", re.MULTILINE)
SEED = re.compile(r"\[\d+\]$")  # the same test again with another seed
SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)

HEAD = """# Proof

The full figures, taken by `make proof`. CI runs the same code with small numbers.
"""
ONE = """
| | |
|---|---|
| outcome | {outcome} in {seconds:.0f} s |
| date, commit | {date}, {commit} |
| machine | {machine} |

```
{output}
```
"""


def commit() -> str:
    """The commit that was measured, and whether the files, but for the report, differed from it."""
    name = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/proof.md")
    return f"{name}, with changes" if changed else name


def _git(*words: str) -> str:
    command = ["git", *words]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
    return f"{system}, Python {platform.python_version()}"


def measure() -> int:
    """Run the tests on two cores and show their output; returns the exit code."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--ds=tests.settings", "-m", "proof"]
    command += ["--numprocesses", "2", "--dist", "worksteal", "-v", "-rP", "--show-capture=stdout"]
    command += [f"--junitxml={RESULTS}", "-o", "junit_logging=system-out", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def sections(measured: str) -> dict[str, str]:
    """What each test of this run said, by its name."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    tests: defaultdict[str, list[ElementTree.Element]] = defaultdict(list)
    for case in ElementTree.parse(RESULTS).iter("testcase"):
        tests[SEED.sub("", case.get("name", ""))].append(case)
    return {
        name: ONE.format(
            outcome="FAILED" if any(map(_fault, cases)) else "passed",
            seconds=sum(float(case.get("time", 0)) for case in cases),
            date=today,
            commit=measured,
            machine=machine(),
            output=_output(cases),
        )
        for name, cases in tests.items()
    }


def _fault(case: ElementTree.Element) -> str:
    """What a test failed with; empty for one that passed."""
    part = next((part for part in case if part.tag in ("failure", "error")), None)
    return "" if part is None else part.get("message") or part.tag


def _output(cases: list[ElementTree.Element]) -> str:
    """What one test said, or how many of the same with other seeds passed and how the rest failed."""
    said = [_fault(case) or case.findtext("system-out", "") for case in cases]
    if len(cases) > 1:
        faults = [f"{case.get('name')}: {_fault(case)}" for case in cases if _fault(case)]
        said = [f"{len(cases) - len(faults)} of {len(cases)} passed", *faults]
    lines = [line.rstrip() for line in LOGGED.sub("", "\n".join(said)).splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("---"))


def main() -> None:
    measured = commit()
    code = measure()
    if not RESULTS.exists():
        sys.exit(code)
    _, *earlier = SECTION.split(REPORT.read_text()) if REPORT.exists() else [""]
    said = dict(zip(earlier[::2], earlier[1::2], strict=True)) | sections(measured)
    parts = [f"## {name}\n\n{said[name].strip()}\n" for name in sorted(said)]
    REPORT.write_text("\n".join([HEAD, *parts]))
    sys.exit(code)


if __name__ == "__main__":
    main()
