"""The first step of both commands, on a Python that has nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from portal import bootstrap

WITHOUT_ENSUREPIP = """
import importlib.util, runpy, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "ensurepip" else found(name, *rest)
sys.argv = ["portal/bootstrap.py", "requirements-x.txt"]
runpy.run_path("portal/bootstrap.py", run_name="__main__")
"""


@pytest.fixture
def clone(tmp_path):
    (tmp_path / "portal").mkdir()
    shutil.copy(Path(settings.BASE_DIR) / "portal" / "bootstrap.py", tmp_path / "portal")
    (tmp_path / "requirements-x.txt").write_text("# nothing\n")
    return tmp_path


def run(clone, *arguments):
    command = [sys.executable, *(arguments or ("portal/bootstrap.py", "requirements-x.txt"))]
    return subprocess.run(command, cwd=clone, capture_output=True, text=True, timeout=300)


def test_environment_is_made_once_and_again_when_the_requirements_change(clone):
    first = run(clone)
    assert first.returncode == 0, first.stderr
    assert (clone / ".venv" / "bin" / "python").exists()
    assert "Installing" in first.stdout
    assert run(clone).stdout == ""
    (clone / "requirements-x.txt").write_text("# nothing else\n")
    assert "Installing" in run(clone).stdout


def test_environment_is_made_without_debians_python3_venv(clone):
    done = run(clone, "-c", WITHOUT_ENSUREPIP)
    assert done.returncode == 0, done.stderr
    assert (clone / ".venv" / "installed-requirements-x.txt").exists()


def test_packages_without_hashes_are_refused(clone):
    (clone / "requirements-x.txt").write_text("django==5.2.19\n")
    done = run(clone)
    assert done.returncode != 0
    assert "hash" in done.stderr.lower()
    assert not (clone / ".venv" / "installed-requirements-x.txt").exists()


def test_where_no_pip_is_found_the_one_line_to_type_is_said(clone, monkeypatch):
    monkeypatch.setattr(bootstrap, "ways_to_pip", list)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        bootstrap.install("requirements-x.txt")


def test_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(bootstrap, "NEWER", ())
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3.11 or newer; this is 3\.9"):
        bootstrap.use_new_enough_python()
