"""Run the tests marked `proof` and write what they print to docs/proof.md.

With arguments (`make proof ONLY="-k throttle"`) only some of them; the report says which.
"""

import datetime
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs/proof.md"
LOGGED = re.compile(r"\d{4}-\d\d-\d\d [\d:,]+ [A-Z]+ ")
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*m")

TEMPLATE = """# Proof

The full figures, taken by `make proof`. CI runs the same code with small numbers.

| | |
|---|---|
| date | {date} |
| commit | {commit} |
| machine | {machine} |
| Python | {python} |
| asked for | {asked} |
| outcome | {outcome} |

```
{output}
```
"""


def commit() -> str:
    """The commit that was measured, and whether the files differed from it."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty=, with changes", "--abbrev=12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"


def measure() -> tuple[int, str]:
    """Run the tests on two cores and show their output; returns the exit code and the output."""
    command = [sys.executable, "-m", "pytest", "--ds=tests.settings", "-m", "proof"]
    command += ["--numprocesses", "2", "--dist", "worksteal"]
    command += ["-v", "-rP", "--show-capture=stdout"]
    command += sys.argv[1:]
    lines = []
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            if LOGGED.match(line):
                continue
            sys.stdout.write(line)
            lines.append(TERMINAL_CODES.sub("", line).replace(str(ROOT), "."))
    return process.returncode, "".join(lines).strip()


def main() -> None:
    measured = commit()
    code, output = measure()
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        TEMPLATE.format(
            date=datetime.datetime.now(datetime.UTC).date().isoformat(),
            commit=measured,
            machine=machine(),
            python=platform.python_version(),
            asked=" ".join(sys.argv[1:]) or "everything",
            outcome="passed" if code == 0 else "FAILED",
            output=output,
        )
    )
    sys.exit(code)


if __name__ == "__main__":
    main()
