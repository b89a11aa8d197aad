"""The house keeps its shape: imports point one way, the README and CI say the same, nothing heavy at start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A module may import from the rows above its own, never from its own row or below.
LAYERS = [
    {"utils.errors", "utils.settings", "tutor.models", "utils.process"},
    {"utils.text", "utils.embedding", "utils.times"},
    {"tutor.corpus.expressions", "tutor.screen.mathtext", "utils.strict_yaml"},
    {"tutor.corpus.lessons", "tutor.corpus.bank", "tutor.learner.schedule", "utils.structured", "utils.call_llm"},
    {"tutor.prompts", "tutor.learner.progress", "tutor.search.answering", "utils.get_embedding"},
    {"tutor.grading", "tutor.learner.agenda", "tutor.screen.markup", "tutor.search", "tutor.search.summaries", "tutor.search.finding",
     "tutor.corpus.made_items", "tutor.quiz.outcomes", "tutor.learner.appeals"},
    {"tutor.screen.screens", "tutor.screen.streaming", "tutor.quiz.sheets", "tutor.quiz.reports"},
    {"utils.files", "tutor.learner.records", "tutor.screen.terminal", "utils.diagnosis", "utils.linting", "utils.sandbox"},
    {"utils.checking", "utils.replies", "utils.drafts"},
    {"utils.language_model"},
    {"tutor.nodes.place", "tutor.nodes.asking"},
    {"tutor.nodes.learn", "tutor.nodes.practice", "tutor.nodes.grade", "tutor.nodes.ask", "tutor.nodes.summarize", "tutor.nodes.find",
     "tutor.nodes.draft", "tutor.nodes.review"},
    {"tutor.nodes.quiz", "tutor.nodes.appeal"},
    {"flow"},
    {"main"},
]
HEIGHT = {module: height for height, layer in enumerate(LAYERS) for module in layer}
SOURCES = [ROOT / "main.py", ROOT / "flow.py", *sorted((ROOT / "tutor.nodes").glob("*.py")), *sorted((ROOT / "utils").rglob("*.py"))]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:2])  # a package counts as one module


def imported(path: Path) -> set[str]:
    """Our own modules that a file imports, anywhere in it, but not those only named for types."""
    found = set()

    def visit(node):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            return
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("utils", "tutor.nodes"):
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
            else:
                found.add(".".join(node.module.split(".")[:2]))
        elif isinstance(node, ast.Import):
            found.update(".".join(alias.name.split(".")[:2]) for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found & set(HEIGHT)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    module = module_of(path)
    if path.name == "__init__.py" and path.parent.name in ("tutor.nodes", "utils"):
        return
    assert module in HEIGHT, f"{module} has no row in LAYERS: decide where it stands"
    higher = {other for other in imported(path) - {module} if HEIGHT[other] >= HEIGHT[module]}
    assert not higher, f"{module} imports {higher}"


def test_only_the_terminal_prints_or_reads_keys():
    for path in SOURCES:
        if path.name in ("terminal.py", "main.py"):
            continue
        calls = re.findall(r"^(?!.*\.(?:console|print)\().*\b(print|input)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert not calls, f"{path.name} calls {calls}"


def test_ci_runs_the_very_command_that_the_readme_names():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.search(r"<!-- tests -->\n```sh\n(.+)\n```", readme).group(1)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    extraction = re.search(r"^command=\$\((.+)\)$", script, re.MULTILINE).group(1)
    run = subprocess.run(["bash", "-c", extraction], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == named
    assert "pytest" in named and "venv" in named


def test_the_readme_sets_up_with_one_line_to_start_and_one_to_test():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for mark, ends in (("start", "main.py"), ("tests", "pytest")):
        command = re.search(rf"<!-- {mark} -->\n```sh\n(.+)\n```", readme).group(1)
        assert command.endswith(ends) and "\n" not in command


def test_every_requirement_has_a_lower_and_an_upper_bound():
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[\w.-]+>=[\d.]+,<[\d.]+", line), line


HEAVY = ("openai", "numpy", "prompt_toolkit", "tantivy", "fsrs", "snowballstemmer", "tutor.grading", "pocketflow")


def modules_after(arguments, home) -> set[str]:
    """What a command has imported by its end, with no key and no base URL set."""
    code = (
        "import sys\n"
        "import main\n"
        f"sys.argv = ['tutor', *{arguments!r}]\n"
        "try:\n    main.run()\n"
        "except SystemExit:\n    pass\n"
        "print('LOADED', *sorted(sys.modules), file=sys.stderr)\n"
    )
    env = {"PATH": "/usr/bin:/bin", "TUTOR_HOME": str(home)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    return set(run.stderr.split("LOADED", 1)[1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["topics"], ["--version"], ["doctor"]])
def test_commands_that_only_look_import_nothing_heavy(arguments, tmp_path):
    assert not modules_after(arguments, tmp_path) & set(HEAVY)


WITHOUT_A_KEY = (
    ["ask", "why divide by sqrt(d_k)?"], ["find", "what is an eigenvector"], ["summarize", "lora"], ["search", "attention"],
    ["quiz", "lora", "--sheet", "SHEET"], ["draft", "lora", "-n", "1"], ["progress"], ["review"], ["doctor"],
    ["learn", "lora", "--script", "SCRIPT"],
)  # fmt: skip


@pytest.mark.parametrize("arguments", WITHOUT_A_KEY, ids=lambda arguments: arguments[0])
def test_with_no_key_no_command_imports_the_model_s_sdk(arguments, tmp_path):
    script = tmp_path / "steps.yaml"
    script.write_text("steps:\n  - next\n  - answer: because of that\n  - quit\n", encoding="utf-8")
    given = {"SHEET": str(tmp_path / "sheet.yaml"), "SCRIPT": str(script)}
    assert "openai" not in modules_after([given.get(word, word) for word in arguments], tmp_path)


def test_tracked_files_name_no_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    pattern = re.compile(r"(?<![\w.~-])/(?:home|root|wor[k]|far[m])/")
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".yaml", ".toml", ".txt") and path.is_file():
            assert not pattern.search(path.read_text(encoding="utf-8")), name
