"""Set-up says what is missing, does each step once, and never needs more than Python itself."""

import ast
import sys
from pathlib import Path

import pytest

from prevent_cms.setup import bootstrap

SOURCE = Path(bootstrap.__file__)


@pytest.fixture
def stamps(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "STAMPS", tmp_path / "stamps")


@pytest.fixture
def ordinary_user(monkeypatch):
    monkeypatch.setattr(bootstrap, "is_root", lambda: False)


def test_needs_only_the_standard_library():
    tree = ast.parse(SOURCE.read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module.split(".")[0])
    assert names <= set(sys.stdlib_module_names)


def test_a_step_is_done_once_for_the_same_files(stamps):
    assert not bootstrap.is_done("demo", "one")
    bootstrap.mark_done("demo", "one")
    assert bootstrap.is_done("demo", "one")
    assert not bootstrap.is_done("demo", "two")
    assert not bootstrap.is_done("test", "one")


def test_a_changed_or_renamed_file_changes_the_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    first = bootstrap.digest([lock])
    assert bootstrap.digest([lock]) == first
    lock.write_text("two")
    assert bootstrap.digest([lock]) != first
    lock.write_text("one")
    assert bootstrap.digest([lock.rename(tmp_path / "other.txt")]) != first


def test_a_failing_step_is_told_with_the_end_of_its_output():
    command = [sys.executable, "-c", "print('first'); import sys; sys.exit('the reason')"]
    with pytest.raises(bootstrap.SetupProblem, match=r"(?s)failed: a step.*the reason"):
        bootstrap.run("a step", command)


def test_missing_packages_are_named_to_somebody_without_the_right_to_install(ordinary_user):
    absent = bootstrap.SystemPackage("no-such-package", program="no-such-program")
    assert absent.missing()
    with pytest.raises(bootstrap.SetupProblem, match=r"apt-get install .*no-such-package"):
        bootstrap.system_packages([absent])


def test_what_is_only_nice_to_have_stops_nobody(ordinary_user, capsys):
    font = bootstrap.SystemPackage("no-such-font", file="/no/such/font", essential=False)
    bootstrap.system_packages([font])
    assert "no-such-font" in capsys.readouterr().out


def test_what_the_tests_need_is_here():
    assert [package.name for package in bootstrap.TEST_PACKAGES if package.missing()] == []


def test_an_old_python_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(bootstrap.SetupProblem, match=r"Python 3\.11 or newer"):
        bootstrap.prepare("demo")


def test_an_unknown_purpose_is_refused():
    with pytest.raises(SystemExit, match="usage"):
        bootstrap.main(["everything"])
