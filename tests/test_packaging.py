"""What is shipped and what is installed: the wheel's list of packages, the dependencies and their locks, the first command."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from utils import installation

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = {
    "requirements.lock": [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]],
    "requirements-dev.lock": [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *EXTRAS["dev"],
                              *EXTRAS["lessons"]],
}  # fmt: skip
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


def requirements() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# ------------------------------------------------------------------------------------------------ the wheel


def test_every_file_of_docs_manual_and_assets_is_listed_for_the_wheel():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["pocket_tutor"]
    listed = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "docs", "manual", "assets"], cwd=ROOT, capture_output=True, text=True
    )
    files = {ROOT / name for name in tracked.stdout.split("\n") if name}
    assert {path for path in files if path.suffix != ".py"} <= listed | {path for path in files if not path.exists()}
    assert ROOT / "assets" / "embedding.bin" in listed and ROOT / "LICENSE" in listed


# --------------------------------------------------------------------------------------------- dependencies


def test_every_requirement_has_a_lower_and_an_upper_bound():
    extras = [line for extra in EXTRAS.values() for line in extra]
    for line in (*requirements(), *PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *extras):
        assert re.fullmatch(r"[\w.-]+>=[\d.]+,<[\d.]+(; sys_platform == '\w+')?", line), line


def test_requirements_txt_holds_the_dependencies_and_pytest():
    (pytest_line,) = (line for line in EXTRAS["dev"] if re.match(r"pytest\b(?!-)", line))
    assert sorted(requirements()) == sorted([*PROJECT["project"]["dependencies"], pytest_line])
    assert not any(line.startswith("pytest") for line in PROJECT["project"]["dependencies"])


def test_the_locks_hold_what_builds_the_project():
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


def locked(name: str) -> list[tuple[str, str, Marker | None, str]]:
    """(package, version, marker or None, hashes) of every entry of a lock."""
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.findall(
        r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
    )
    assert sum(entry[3].count("\n") + 1 for entry in entries) == text.count("\n"), f"{name}: renew it by .ci/lock"
    return [(canonicalize_name(package), version, Marker(marker) if marker else None, hashes)
            for package, version, marker, hashes in entries]  # fmt: skip


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_satisfies_the_bounds_on_every_python_and_platform(name, python, platform):
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform,
            "platform_python_implementation": "CPython"}  # fmt: skip
    versions = {}
    for package, version, marker, _ in locked(name):
        if marker is None or marker.evaluate(here):
            assert package not in versions, f"{package} twice"
            versions[package] = version
    for line in {*LOCKS[name], *(requirements() if name == "requirements.lock" else ())}:
        needed = Requirement(line)
        if needed.marker and not needed.marker.evaluate(here):
            continue
        assert versions.get(canonicalize_name(needed.name), "none") in needed.specifier, f"{line}: run .ci/lock"


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text and not re.search(r"^-|@", text, re.MULTILINE)


def test_both_locks_hold_the_same_versions():
    small, large = ({(package, version, str(marker)) for package, version, marker, _ in locked(name)} for name in LOCKS)
    assert small < large


# ----------------------------------------------------------------------------------------- the first command


def commands() -> dict[str, str]:
    """{"start": ..., "tests": ...}: the two commands of the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"<!-- (start|tests) -->\n```sh\n(.+)\n```", readme))


def test_both_commands_install_from_a_lock_and_nothing_else():
    for mark, lock in (("start", "requirements.lock"), ("tests", "requirements-dev.lock")):
        steps = commands()[mark].split(" && ")
        assert steps[:2] == ["python3 -m venv .venv", ". .venv/bin/activate"], "what follows is typed in this environment"
        installs = [step for step in steps if "pip" in step]
        assert installs == [f"pip install -r {lock}", "pip install --no-deps --no-build-isolation -e ."], "with visible progress"


@pytest.fixture
def checkout(tmp_path):
    """A copy of what a Python without packages reads."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "utils", folder / "utils")
    for name in ("main.py", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def started_without_packages(*arguments, cwd) -> str:
    run = subprocess.run(
        [sys.executable, "-S", *arguments], cwd=cwd, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}, timeout=60
    )
    assert run.returncode == 2 and not run.stdout and run.stderr.count("\n") == 1, run.stderr
    return run.stderr.strip()


def test_a_python_without_the_packages_is_told_the_command_that_sets_up(checkout, tmp_path):
    said = started_without_packages("main.py", "topics", cwd=checkout)
    assert said.endswith(f"lacks the package click; type: {commands()['start']}")
    assert f"type: cd {checkout} && python3 -m venv" in started_without_packages("checkout/main.py", cwd=tmp_path)


def test_where_the_environment_is_there_the_same_command_is_named_with_it(checkout, tmp_path):
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").touch()
    said = started_without_packages("main.py", "ask", "what is softmax?", cwd=checkout)
    assert said.endswith("type: .venv/bin/python main.py ask 'what is softmax?'")
    said = started_without_packages("checkout/main.py", "topics", cwd=tmp_path)
    assert said.endswith("type: checkout/.venv/bin/python checkout/main.py topics")


def test_an_environment_that_lacks_a_package_is_told_how_to_complete_itself(monkeypatch):
    monkeypatch.setattr(installation, "ENVIRONMENT", str(Path(sys.prefix).resolve()))
    assert installation.command_to_type().endswith("python -m pip install -r requirements.lock")


def test_what_runs_before_that_is_read_by_python_3_8():
    for name in ("main.py", "utils/__init__.py", "utils/installation.py"):
        ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 8))


# --------------------------------------------------------------------------------------------------------- CI


def test_the_workflow_installs_and_runs_what_ci_run_does():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    jobs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in workflow["jobs"].items()}
    ci_run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for line in jobs["lint"][1:] + jobs["wheel"][1:]:
        assert f"step {line}\n" in ci_run, line
    assert workflow["jobs"]["tests"]["strategy"]["matrix"]["python"] == list(PYTHONS)
    installs = " && ".join(commands()["tests"].split(" && ")[2:4])
    assert jobs["lint"][0] == jobs["tests"][0] == installs and installs.startswith(jobs["wheel"][0])
    assert jobs["tests"][-1] == jobs["newest"][-1] == commands()["tests"].split(" && ")[-1]
    assert ".lock" not in jobs["newest"][0], "the newest that the bounds allow"


def test_the_classifiers_name_the_pythons_that_are_tried():
    named = [name.rsplit(" ", 1)[1] for name in PROJECT["project"]["classifiers"] if ":: Python :: 3." in name]
    assert tuple(named) == PYTHONS
