"""The house keeps its shape: imports point one way, the README and CI say the same, nothing heavy at start."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A room may import from the rows above its own, never from its own row or below.
LAYERS = [
    {"utils"},
    {"tutor.models", "tutor.stop_words"},
    {"tutor.corpus", "tutor.learner"},
    {"tutor.prompts"},
    {"tutor.search", "tutor.quiz"},
    {"tutor.screen"},
    {"tutor.grading"},
    {"tutor.tutoring"},
    {"tutor.check"},
    {"tutor.environment"},
    {"tutor.nudge"},
    {"tutor.nodes"},
    {"nodes"},
    {"flow"},
    {"main"},
    {"__main__"},
]
HEIGHT = {room: height for height, layer in enumerate(LAYERS) for room in layer}
SOURCES = [*sorted(ROOT.glob("*.py")), *sorted((ROOT / "tutor").rglob("*.py")), *sorted((ROOT / "utils").rglob("*.py"))]


def module_of(path: Path) -> str:
    """`tutor.corpus.lessons` for its file; a package for its __init__.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path) for path in SOURCES}


def room_of(module: str) -> str:
    """`tutor.corpus` for all that is in that folder, `utils` for all of utils/."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "tutor" else parts[0]


def imported(path: Path, for_types: bool = False) -> set[str]:
    """Our own modules that a file imports, anywhere in it; for_types: those only named for types, too."""
    found = set()

    def visit(node):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING" and not for_types:
            return
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found & MODULES


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(path):
    room = room_of(module_of(path))
    if room in ("tutor", "__init__"):  # a docstring; and what an installed copy imports first
        return
    assert room in HEIGHT, f"{room} has no row in LAYERS: decide where it stands"
    turned = {other for other in imported(path) if room_of(other) != room and HEIGHT[room_of(other)] >= HEIGHT[room]}
    assert not turned, f"{path.relative_to(ROOT)} imports {turned}"


def test_no_module_imports_itself_in_a_circle():
    arrows = {module_of(path): imported(path, for_types=True) for path in SOURCES}
    while arrows:
        free = {module for module, needed in arrows.items() if not needed & set(arrows) - {module}}
        assert free, f"a circle among {sorted(arrows)}"
        arrows = {module: needed for module, needed in arrows.items() if module not in free}


THE_TERMINAL = {
    "tutor.screen.terminal.window",
    "tutor.screen.terminal.keyboards",
    "tutor.screen.terminal.regions",
    "tutor.screen.stdio",
    "tutor.screen.one_shot",
    "main",
}


def test_no_class_name_is_defined_in_two_modules():
    homes: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(module_of(path))
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def kinds_compared(path: Path) -> list[int]:
    """The lines of a file that tell one kind of item from another: compare with its name, or look something up by it."""

    def names_a_kind(node):
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return any(map(names_a_kind, node.elts))
        return isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Kind" and node.attr != "ALL"

    def operands(node):
        if isinstance(node, ast.Compare):
            return [node.left, *node.comparators]
        return node.keys if isinstance(node, ast.Dict) else [node.value] if isinstance(node, ast.MatchValue) else []

    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node.lineno for node in nodes if any(map(names_a_kind, operands(node)))]


def test_an_item_kind_is_told_from_others_in_its_bank_file_and_its_grader_alone():
    from tutor.corpus.bank import KINDS
    from tutor.grading.kinds import GRADERS
    from tutor.models import Kind

    assert tuple(KINDS) == Kind.ALL and set(GRADERS) == set(Kind.ALL)
    rooms = ("tutor.corpus.bank.", "tutor.grading.")
    others = [path for path in SOURCES if not f"{module_of(path)}.".startswith(rooms)]
    compared = {module_of(path): lines for path in others if (lines := kinds_compared(path))}
    assert compared == {}, "ask bank.kind_of(item)"


def test_no_folder_has_more_than_fourteen_files():
    folders = {path.parent for path in SOURCES if path.parent != ROOT}
    crowded = {str(folder.relative_to(ROOT)): len(files) for folder in folders if len(files := list(folder.glob("*.py"))) > 14}
    assert not crowded


def test_no_two_files_of_tests_have_one_name():
    """pytest imports each by its name alone, and refuses to collect the second."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_only_the_terminal_prints_or_reads_keys():
    for path in SOURCES:
        if module_of(path) in THE_TERMINAL:
            continue
        calls = re.findall(
            r"^(?!.*\.(?:console|print)\().*\b(print|input|create_input|stdin\.readline)\(",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        assert not calls, f"{path.name} calls {calls}"


def test_every_package_is_listed_for_the_wheel():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^packages = \[.*\n((?:    .*\n)+)\]", text, re.MULTILINE)[1].split()
    folders = {path.parent for path in SOURCES if path.parent != ROOT}
    assert all((folder / "__init__.py").is_file() for folder in folders)
    expected = {"pocket_tutor", *(".".join(("pocket_tutor", *folder.relative_to(ROOT).parts)) for folder in folders)}
    assert set(listed) == {f'"{name}",' for name in expected}, "the list `packages` in pyproject.toml"


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
    for mark, ends in (("start", "&& ptutor"), ("tests", "python -m pytest")):
        command = re.search(rf"<!-- {mark} -->\n```sh\n(.+)\n```", readme).group(1)
        assert command.endswith(ends) and "\n" not in command


HEAVY = ("openai", "numpy", "prompt_toolkit", "tantivy", "fsrs", "snowballstemmer", "tutor.grading", "pocketflow")


def modules_after(arguments, home) -> set[str]:
    """What a command has imported by its end, with no key and no base URL set."""
    code = (
        "import sys\n"
        "import main\n"
        f"sys.argv = ['ptutor', *{arguments!r}]\n"
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


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory):
    """A home in which the index of the bundled lessons is made once."""
    return tmp_path_factory.mktemp("lived_in")


@pytest.mark.parametrize("arguments", WITHOUT_A_KEY, ids=lambda arguments: arguments[0])
def test_with_no_key_no_command_imports_the_model_s_sdk(arguments, tmp_path, lived_in):
    script = tmp_path / "steps.yaml"
    script.write_text("steps:\n  - next\n  - answer: because of that\n  - quit\n", encoding="utf-8")
    given = {"SHEET": str(tmp_path / "sheet.yaml"), "SCRIPT": str(script)}
    assert "openai" not in modules_after([given.get(word, word) for word in arguments], lived_in)


def test_tracked_files_name_no_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    pattern = re.compile(r"(?<![\w.~-])/(?:home|root|wor[k]|far[m])/")
    for name in filter(None, tracked):
        path = ROOT / name
        if path.suffix in (".py", ".md", ".yaml", ".toml", ".txt") and path.is_file():
            assert not pattern.search(path.read_text(encoding="utf-8")), name
