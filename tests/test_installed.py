"""The wheel and the source archive, each installed into a bare environment and used from `/` as a stranger would.

`pytest -m installed` runs these: they build, make environments and let pip install, some two minutes in all.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import BANK, LESSON, ROOT

import main
from utils import __version__

LINE = '{"id": "a", "question": "Why does dough rise?", "reference": "Yeast makes gas.", "answer": "Yeast makes gas."}\n'
STEPS = "topic: bread\nseed: 3\nsteps:\n  - next\n  - skip\n  - answer: '1'\n  - quit\n"
SLIP = "```python\nprint(1 + 1)\n```\n\n```output\n3\n```\n"
HOSTILE = "raise RuntimeError('this is the utils of somebody else')\n"

# Every command: what is typed in a folder with docs/, steps.yaml, lines.jsonl; its exit code; what it then says, as a pattern.
USES = [
    (["learn", "--docs", "docs", "--script", "steps.yaml"], 0, r"Yeast eats sugar"),
    (["appeal", "0", "--docs", "docs"], 1, r"stands"),
    (["review", "--docs", "docs", "--undo"], 0, r"taken back"),
    (["progress", "--json"], 0, r'"streak_days": \d'),
    (["progress", "--html", "progress.html"], 0, r"written"),
    (["topics"], 0, r"llm/attention .*min"),
    (["search", "softmax"], 0, r"softmax-and-cross-entropy\.md:\d+"),
    (["ask", "what is softmax?"], 0, r"softmax-and-cross-entropy\.md:\d+"),
    (["ask", "--manual", "how do I write a cloze?"], 0, r"banks\.md:\d+"),
    (["find", "what is an eigenvector"], 0, r"math/eigen"),
    (["summarize", "lora"], 0, r"lora\.md:\d+"),
    (["quiz", "bread", "--docs", "docs", "--seed", "1", "--sheet", "sheet.yaml"], 0, r"sheet\.yaml"),
    (["quiz", "--docs", "docs", "--answers", "sheet.yaml", "--json"], 0, r'"score": 0\.0'),
    (["grade", "lines.jsonl"], 0, r'"id": "a".*"correct": true'),
    (["grade", "lines.jsonl", "--jobs", "2"], 0, r'"id": "a".*"correct": true'),
    (["check", "docs"], 1, r"bread\.md:\d+.*output-differs|output-differs.*bread\.md:\d+"),
    (["draft", "lora", "-n", "1", "--no-accept"], 0, r"\+ +- id:"),
    (["export", "ml/neuron", "--to", "py"], 0, r"# %% OR gate\nimport numpy"),
    (["config", "effort", "low"], 0, r"effort"),
    (["config"], 0, r"effort +low"),
    (["records", "forget", "no-such-id", "--yes"], 2, r""),
    (["graph"], 0, r"flowchart TD"),
    (["doctor", "--json"], 0, r'"files",\s+"state": "ok"'),
]


def test_every_command_is_tried_in_an_installed_copy():
    assert {words[0] for words, _, _ in USES} == set(main.cli.commands)


class Copy:
    """An environment with Pocket Tutor in it. `run` starts one of its commands in a folder, from nobody's checkout."""

    def __init__(self, folder: Path):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        self.folder = folder
        self.packages = next(folder.glob("lib/python*/site-packages"))

    def pip(self, *arguments):
        run = subprocess.run([self.folder / "bin" / "python", "-m", "pip", *arguments], capture_output=True, text=True, cwd="/")
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def run(self, command, *arguments, cwd="/", **environment):
        env = {"PATH": f"{self.folder / 'bin'}:/usr/bin:/bin", "TUTOR_HOME": "/nonexistent", **environment}
        return subprocess.run(
            [self.folder / "bin" / command, *arguments], capture_output=True, encoding="utf-8", cwd=cwd, env=env, timeout=120,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(scope="module")
def archives(tmp_path_factory) -> dict[str, Path]:
    """{"wheel": path, "sdist": path}, built from a copy of what git knows."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split("\n"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    code = f"from setuptools import build_meta as b; b.build_wheel({str(built)!r}); b.build_sdist({str(built)!r})"
    run = subprocess.run([sys.executable, "-c", code], cwd=source, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return {"wheel": next(built.glob("*.whl")), "sdist": next(built.glob("*.tar.gz"))}


@pytest.fixture(scope="module")
def from_wheel(archives, tmp_path_factory) -> Copy:
    """Installed with its dependencies as the wheel itself names them, in the versions of the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    pins = re.findall(r"^[\w.-]+==.*?(?= \\$)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    (folder / "pins.txt").write_text("\n".join(pins), encoding="utf-8")
    copy = Copy(folder / "venv")
    copy.pip("install", "--no-compile", str(archives["wheel"]), "-c", str(folder / "pins.txt"))
    return copy


@pytest.fixture(scope="module")
def from_sdist(archives, tmp_path_factory) -> Copy:
    """Built and installed by pip, with everything that it needs from the lock."""
    copy = Copy(tmp_path_factory.mktemp("sdist") / "venv")
    copy.pip("install", "--no-compile", "-r", str(ROOT / "requirements.lock"))
    copy.pip("install", "--no-compile", "--no-deps", "--no-build-isolation", str(archives["sdist"]))
    return copy


@pytest.fixture(params=["wheel", "sdist"])
def copy(request) -> Copy:
    return request.getfixturevalue(f"from_{request.param}")


@pytest.fixture
def desk(tmp_path) -> Path:
    """A folder with a lesson whose code block does not print what it says, its bank, a script and lines to grade."""
    (tmp_path / "docs" / "food").mkdir(parents=True)
    (tmp_path / "docs" / "food" / "bread.md").write_text(LESSON + "\n" + SLIP, encoding="utf-8")
    (tmp_path / "docs" / "food" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    (tmp_path / "steps.yaml").write_text(STEPS, encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text(LINE * 80, encoding="utf-8")
    return tmp_path


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """A project of somebody else, whose modules have the names of ours."""
    for name in ("utils", "tutor"):
        (tmp_path / "elsewhere" / name).mkdir(parents=True)
        (tmp_path / "elsewhere" / name / "__init__.py").write_text(HOSTILE, encoding="utf-8")
    for name in ("main", "flow", "nodes"):
        (tmp_path / "elsewhere" / f"{name}.py").write_text(HOSTILE, encoding="utf-8")
    return tmp_path / "elsewhere"


def use_everything(copy: Copy, desk: Path, **environment):
    """Type every command of USES from `/`, with the files of `desk` by their full paths."""
    files = {name: str(desk / name) for name in ("docs", "steps.yaml", "lines.jsonl", "sheet.yaml")}
    for words, code, said in USES:
        run = copy.run("ptutor", *(files.get(word, word) for word in words), TUTOR_HOME=str(desk / "home"), **environment)
        assert run.returncode == code, f"{words}: exit {run.returncode}\n{run.stdout}\n{run.stderr}"
        assert re.search(said, run.stdout), f"{words} does not say {said!r}:\n{run.stdout}\n{run.stderr}"
        assert "Traceback" not in run.stderr and "warning" not in run.stderr.lower(), run.stderr


# ------------------------------------------------------------------------------------------- what is inside


@pytest.mark.installed
def test_the_wheel_holds_one_folder_with_everything_inside(archives):
    names = [name for name in zipfile.ZipFile(archives["wheel"]).namelist() if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in names} == {"pocket_tutor"}
    inside = {name.split("/")[1] for name in names}
    assert inside >= {"main.py", "flow.py", "nodes.py", "tutor", "utils", "docs", "manual", "assets", "LICENSE"}
    assert not inside & {"tests", "benchmarks", "examples", ".ci", ".github"}


@pytest.mark.installed
def test_users_get_no_pytest(from_wheel):
    assert "pytest" not in from_wheel.pip("list").split()


# ----------------------------------------------------------------------------------------------- how it runs


@pytest.mark.installed
def test_every_command_works_from_the_root_folder(from_wheel, desk):
    use_everything(from_wheel, desk)


@pytest.mark.installed
def test_every_command_works_with_a_path_to_modules_of_the_same_names(from_wheel, desk, elsewhere):
    use_everything(from_wheel, desk, PYTHONPATH=str(elsewhere))


@pytest.mark.installed
def test_another_distribution_with_modules_of_the_same_names_is_no_matter(from_sdist, desk, elsewhere, tmp_path):
    wheel = tmp_path / "elsewhere-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in elsewhere.rglob("*.py"):
            archive.write(path, path.relative_to(elsewhere))
        archive.writestr("elsewhere-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
        archive.writestr("elsewhere-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("elsewhere-1.0.dist-info/RECORD", "")
    from_sdist.pip("install", "--no-deps", "--no-index", str(wheel))
    try:
        assert (from_sdist.packages / "utils" / "__init__.py").read_text(encoding="utf-8") == HOSTILE
        use_everything(from_sdist, desk)
    finally:
        from_sdist.pip("uninstall", "-y", "elsewhere")
    assert from_sdist.run("ptutor", "ask", "what is softmax?").returncode == 0


@pytest.mark.installed
def test_all_its_names_are_the_same_program_and_the_old_one_says_so_on_stderr(copy, desk):
    for command in (["ptutor"], ["pocket-tutor"], ["python", "-m", "pocket_tutor"]):
        run = copy.run(*command, "--version")
        assert run.stdout == f"ptutor, version {__version__}\n" and not run.stderr
    run = copy.run("tutor", "grade", str(desk / "lines.jsonl"), "--jobs", "2")
    assert [json.loads(line)["correct"] for line in run.stdout.splitlines()] == [True] * 80
    assert run.stderr == "tutor: this command is now called ptutor; the next release removes the old name\n"


@pytest.mark.installed
def test_the_example_pytest_works_in_a_project_with_a_utils_of_its_own(from_sdist, desk, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples", project)
    (project / "utils").mkdir()
    (project / "utils" / "__init__.py").write_text("OURS = 1\n", encoding="utf-8")
    (project / "conftest.py").write_text("from utils import OURS\nassert OURS == 1\n", encoding="utf-8")
    sheet, docs = str(desk / "sheet.yaml"), str(desk / "docs")
    assert from_sdist.run("ptutor", "quiz", "bread", "--docs", docs, "--sheet", sheet).returncode == 0
    run = from_sdist.run("python", "-m", "pytest", "test_sheet.py", cwd=project, QUIZ_DOCS=docs, QUIZ_SHEET=sheet)
    assert "5 failed" in run.stdout and "score 0.00" in run.stdout, run.stdout + run.stderr


@pytest.mark.installed
def test_in_the_process_of_others_our_modules_come_after_pocket_tutor_or_not_at_all(from_sdist, elsewhere):
    code = "import pocket_tutor; from utils import files; from tutor.corpus import corpus; print(corpus.bundled_docs())"
    run = from_sdist.run("python", "-c", code, PYTHONPATH=str(elsewhere))
    assert run.stdout.strip() == str(from_sdist.packages / "pocket_tutor" / "docs"), run.stderr
    (elsewhere / "utils" / "__init__.py").write_text("", encoding="utf-8")
    run = from_sdist.run("python", "-c", "import utils; import pocket_tutor", PYTHONPATH=str(elsewhere))
    assert "import pocket_tutor before it, or call the command ptutor" in run.stderr
