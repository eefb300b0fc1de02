"""Lock files pin every file by its hash and name no address that a file came from."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9.-]+)(\[[a-z,]+\])?==([^ ;]+)", re.MULTILINE)


def name_of(path):
    return path.name


def packages_of(path):
    return {name: version for name, _, version in PINNED.findall(path.read_text())}


@pytest.fixture(scope="module")
def npm_lock():
    return json.loads((ROOT / "package-lock.json").read_text())


@pytest.mark.parametrize(
    "path", [*REQUIREMENTS, ROOT / "package-lock.json", ROOT / ".npmrc"], ids=name_of
)
def test_names_no_address(path):
    assert "://" not in path.read_text()


@pytest.mark.parametrize("path", [*REQUIREMENTS, *REQUIREMENTS[0].parent.glob("*.in")], ids=name_of)
def test_names_no_package_index(path):
    assert not re.search(
        r"^\s*--?(i|index|extra-index|find-links|trusted)", path.read_text(), re.MULTILINE
    )


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name_of)
def test_every_package_is_pinned_with_a_hash(path):
    entries = re.split(r"\n(?=[a-z0-9])", path.read_text().strip())
    assert entries
    for entry in entries:
        assert PINNED.match(entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name_of)
def test_every_wanted_package_is_locked(path):
    wanted = re.findall(r"^([A-Za-z0-9][\w-]*)", path.with_suffix(".in").read_text(), re.MULTILINE)
    assert wanted
    assert {name.lower().replace("_", "-") for name in wanted} <= set(packages_of(path))


def test_lock_files_agree_with_each_other():
    seen = {}
    for path in REQUIREMENTS:
        for package, version in packages_of(path).items():
            assert seen.setdefault(package, version) == version, package


def test_one_driver_in_each_installation():
    assert "psycopg2" in packages_of(ROOT / "requirements/production.txt")
    assert "psycopg2-binary" in packages_of(ROOT / "requirements/postgres.txt")
    for path in REQUIREMENTS:
        assert not {"psycopg2", "psycopg2-binary"} <= set(packages_of(path))


def test_every_npm_package_has_a_hash(npm_lock):
    installed = {path: entry for path, entry in npm_lock["packages"].items() if path}
    assert installed
    for path, entry in installed.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path


def test_npm_packages_are_pinned_to_one_version():
    wanted = json.loads((ROOT / "package.json").read_text())
    for version in [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]:
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_npm_runs_no_scripts_of_packages():
    assert "ignore-scripts=true" in (ROOT / ".npmrc").read_text().splitlines()
