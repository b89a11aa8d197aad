"""The manual and the README: all that the program takes is documented, once; what is shown runs; the manual answers."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections import Counter, defaultdict
from dataclasses import fields

import click
import pytest
import yaml
from conftest import BANK, LESSON, ROOT

import nodes
from flow import FLOWS
from main import cli
from tutor.check.rules import RULES
from tutor.corpus.bank import accepted_answers, draw, parse_bank
from tutor.corpus.code_blocks import code_blocks_of
from tutor.corpus.corpus import bundled_docs, bundled_manual
from tutor.corpus.tries import outcome, read_try, tries_of
from tutor.models import Kind, Lesson
from tutor.nodes.verb import ModelVerb
from tutor.quiz.sheets import read_sheet
from tutor.screen.scripts import parse_script
from utils.errors import ExitCode, InvalidFile
from utils.llm.servers import SERVERS
from utils.settings import FORMER, SETTINGS, WANTED, Setting

PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "manual").glob("*.md"))}
README = (ROOT / "README.md").read_text(encoding="utf-8")


# ----------------------------------------------------------------------------------- everything is documented, once


def definitions() -> dict[str, list[tuple[str, ...]]]:
    """{head of a table's first column: the names in backticks in the first cell of each of its rows}, over all pages.

    A name is a span's first word: `-n K` is -n.
    """
    found = defaultdict(list)
    for text in PAGES.values():
        head = ""
        for line in text.split("\n"):
            cell = line[1:].partition(" |")[0].strip() if line.startswith("| ") else ""
            if cell and not head:
                head = cell.replace("`", "")
            elif cell:
                spans = [re.split(r"[ =\[]", span)[0] for span in re.findall(r"`([^`]+)`", cell)]
                found[head].append(tuple(dict.fromkeys(spans)))
            elif not line.startswith("|"):
                head = ""
    return found


DEFINED = definitions()


def names(*heads: str) -> list[str]:
    """All names that are defined in the tables with these heads, sorted; one that is defined twice stands twice."""
    return sorted(name for head in heads for row in DEFINED[head] for name in row)


def options_of(command: click.Command) -> set[str]:
    if isinstance(command, click.Group) and command is not cli:
        return set().union(*map(options_of, command.commands.values()))
    root = click.Context(cli, **cli.context_settings)
    parameters = command.get_params(root if command is cli else click.Context(command, parent=root))
    return {name for one in parameters if isinstance(one, click.Option) for name in (*one.opts, *one.secondary_opts)}


def test_every_command_is_documented_once():
    assert names("command") == sorted(cli.commands)


def rows_of_settings() -> list[str]:
    """The rows of the tables of settings, as the pages have them."""
    tables = re.findall(r"^\| setting of .*\n\|[-|]+\n((?:\|.*\n)+)", "\n".join(PAGES.values()), re.MULTILINE)
    return [row for table in tables for row in table.splitlines()]


def beginning_of_row(setting: Setting) -> str:
    """How the manual's row of a setting begins, by the program's own table of them; it may say more."""
    option = " / ".join(f"`{flag} {setting.metavar}`".replace(" `", "`") for flag in setting.flags)
    former = "".join(f", formerly `{name}`" for name, today in FORMER.items() if today == setting.variable)
    variable = f"`{setting.variable}`{former}" if setting.variable else ""
    return " ".join(["|", f"`{setting.name}`", "|", option, "|", variable, "|", setting.what]).replace("|  |", "| |")


def test_every_setting_is_documented_once_with_its_option_and_its_variable():
    rows, expected = rows_of_settings(), [beginning_of_row(setting) for setting in SETTINGS]
    assert [start for start in expected if sum(row.startswith(start) for row in rows) != 1] == []
    assert len(rows) == len(expected)


def test_every_server_is_documented_with_the_variable_of_its_key():
    assert names("name for --server") == sorted(SERVERS)
    for name, server in SERVERS.items():
        if server.service:
            (row,) = re.findall(rf"^\| `{name}` \|.*$", PAGES["models"], re.MULTILINE)
            assert row.endswith(f"| `{server.key_variable}` |") and server.address_variable in row


def test_every_option_is_documented_once():
    everywhere = sorted([*names("option of every command"), *(flag for setting in SETTINGS for flag in setting.flags)])
    assert everywhere == sorted(options_of(cli))
    for name, command in cli.commands.items():
        assert names(f"option of {name}") == sorted(options_of(command) - set(everywhere)), name


def test_every_rule_of_check_is_documented_once_with_its_severity():
    assert names("rule") == sorted(RULES)
    for rule in RULES.values():
        assert f"| `{rule.name}` | {rule.severity} |" in PAGES["banks"]


def test_every_exit_code_is_documented_once_and_named_in_the_readme():
    assert sorted(map(int, names("exit code"))) == sorted(ExitCode)
    sentence = re.search(r"Exit codes tell a script how it went: (.+?)\.\n", README, re.DOTALL)[1]
    assert sorted(map(int, re.findall(r"\d+", sentence))) == sorted(ExitCode)


SETTING = re.compile(r"(TUTOR|OPENAI|GITHUB)_[A-Z_]+|NO_COLOR|FORCE_COLOR|SOURCE_DATE_EPOCH|TERM|CI")


def test_every_environment_variable_is_documented_once():
    sources = [*(ROOT / "tutor").rglob("*.py"), *(ROOT / "utils").rglob("*.py"), ROOT / "main.py"]
    constants = {
        node.value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    heads = [head for head in DEFINED if head.startswith("variable of") and head.removeprefix("variable of ") != "a variable"]
    elsewhere = [name for name in WANTED if SETTING.fullmatch(name)]  # with the settings and the servers
    assert sorted([*names(*heads), *elsewhere]) == sorted(filter(SETTING.fullmatch, constants))


ITEMS = {
    Kind.CHOICE: "options: [{text: a, right: true}, {text: b}]",
    Kind.MULTI: "options: [{text: a, right: true}, {text: b}]",
    Kind.NUMBER: "answer: 1",
    Kind.SHORT: "rubric: [{point: a}]\n    references: [a]",
    Kind.CLOZE: "question: '[[a]]'",
    Kind.ORDER: "steps: [a, b]",
    Kind.PREDICT: "code: print(1)",
    Kind.CODE: "examples: [f(1) == 1]\n    tests: [f(2) == 2]\n    reference: f = abs",
    Kind.STEPS: "lines: [{ask: a, answer: 1}, {ask: b, answer: 2}]",
}


def expected_fields(parse, text: str) -> list[str]:
    """What a parser says that it expects where it meets the field `bogus`."""
    with pytest.raises(InvalidFile) as refused:
        parse(text)
    listed = re.search(r"bogus.*?expected (?:only |one of )?(.+?)(?:\.|$)", str(refused.value))[1]
    return re.split(r", | or ", listed)


def item_fields(kind: str, body: str) -> list[str]:
    question = "" if "question:" in body else "question: q\n    "
    text = f"items:\n  - id: a\n    section: s\n    kind: {kind}\n    {question}{body}\n"
    return expected_fields(lambda text: parse_bank(text, "a", "a.quiz.yaml"), text)


def test_every_field_of_a_bank_is_documented_once():
    by_kind = {kind: set(item_fields(kind, f"{body}\n    bogus: 1")) for kind, body in ITEMS.items()}
    every = set.intersection(*by_kind.values())
    assert names("field of every item") == sorted(every)
    assert names("field of some kinds") == sorted(set.union(*by_kind.values()) - every)
    for line in PAGES["banks"].split("\n"):
        if row := re.match(r"\| `(\w+)` \| (`(?:choice|multi|number|short|cloze|order|predict|code|steps)`[^|]*) \|", line):
            assert set(re.findall(r"\w+", row[2])) == {kind for kind in by_kind if row[1] in by_kind[kind]}, row[1]
    lines = "lines: [{ask: a, answer: 1}, {ask: b, %s, bogus: 1}]"
    ways = [item_fields(Kind.STEPS, lines % way) for way in ("answer: 1", "expression: x", "options: [a, b], answer: a")]
    wrong = "question: '[[a]]'\n    wrong: [{answer: b, bogus: 1}]"
    parts = {
        "field of an option": item_fields(Kind.CHOICE, "options: [{text: a, right: true}, {text: b, bogus: 1}]"),
        "field of a variable": item_fields(Kind.NUMBER, "answer: x\n    variables: {x: {from: 1, to: 2, bogus: 1}}"),
        "field of a point": item_fields(Kind.SHORT, "rubric: [{point: a, bogus: 1}]\n    references: [a]"),
        "field of a known wrong answer": item_fields(Kind.CLOZE, wrong),
        "field of a line": list(set().union(*ways)),
    }
    for head, listed in parts.items():
        assert names(head) == sorted(listed), head


def test_every_field_of_front_matter_scripts_and_sheets_is_documented_once():
    derived = {"id", "path", "sections"}
    assert names("field of the front matter") == sorted({field.name for field in fields(Lesson)} - derived | {"lesson"})

    def script(text):
        return parse_script(text, "script.yaml")

    assert names("field of a script") == sorted(expected_fields(script, "bogus: 1\n"))
    with pytest.raises(InvalidFile) as refused:
        script("steps: [bogus]")
    listed = re.search(r"expected one of (.+?)(?:;|$)", str(refused.value))[1]
    assert names("step of a script") == sorted(re.findall(r"[a-z]+", listed.replace(", or ", ", ")))

    def sheet(text):
        return read_sheet(text, "sheet.yaml")

    assert names("field of a sheet") == sorted(expected_fields(sheet, "bogus: 1\n"))
    item = "corpus: a\nseed: 1\ntopics: []\nitems:\n  - id: 'a:b'\n    bogus: 1\n"
    assert names("field of a sheet's item") == sorted(expected_fields(sheet, item))


def test_nothing_is_documented_that_is_not_there():
    heads = {head for head in DEFINED if re.match("(option|field|step|variable) of ", head)}
    options = {f"option of {name}" for name in cli.commands} | {"option of every command"}
    assert {head for head in heads if head.startswith("option")} <= options
    repeated = [name for head in heads for name, times in Counter(names(head)).items() if times > 1]
    assert repeated == []


# ------------------------------------------------------------------------------------------- README and design


def test_the_readme_is_short_and_names_every_page():
    assert README.count("\n") <= 250
    linked = re.findall(r"\]\((manual/[a-z-]+\.md)\)", README)
    assert sorted(linked) == sorted(f"manual/{page}.md" for page in PAGES)


def test_the_readme_shows_the_commands_as_help_does_and_the_manual_by_their_arguments(tutor):
    table = README.partition("## Commands")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?:\*\*([a-z-]+)\*\* )?\| `(([a-z]+)[^`]*)` \| (.+) \|$", table, re.MULTILINE)
    shown = re.sub(r" {2,}", " ", tutor("--help").stdout)
    told = "\n".join(
        (f"\n{group.capitalize()}:\n" if group else "") + f" {command} {what.replace('`', '')}"
        for group, _, command, what in rows
    )
    assert told in shown
    assert sorted(command for _, _, command, _ in rows) == sorted(cli.commands)
    usages = {usage for text in PAGES.values() for usage in re.findall(r"^\| `([a-z]+[^`]*)` \|", text, re.MULTILINE)}
    assert [usage for _, usage, _, _ in rows if usage not in usages] == []


def test_links_of_the_readme_lead_somewhere():
    targets = re.findall(r"\]\(((?!https?:)[^)#]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_graph_prints_the_mermaid_that_readme_and_design_show(tutor):
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    for name in FLOWS:
        run = tutor("graph", name)
        assert run.returncode == 0 and run.stdout.startswith("flowchart TD\n")
        assert f"```mermaid\n{run.stdout}```" in design
    assert f"```mermaid\n{tutor('graph').stdout}```" in README


DESIGN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")


def test_the_design_names_every_room_every_node_and_every_dependency():
    house, listed, needed = (
        re.findall(pattern, DESIGN.partition(f"\n## {title}\n")[2].partition("\n## ")[0], re.MULTILINE)
        for title, pattern in (
            ("The house", r"^\| `([\w./]+)`"),
            ("Nodes", r"^\| [^|]*\| \*?(\w+)\*? \|(?<!node \|)"),
            ("Dependencies", r"^\| [^|`]+ \| ([^|]+) \|"),
        )
    )
    rooms = {path.name for path in (ROOT / "tutor").iterdir() if not path.name.startswith("_")}
    assert {room.removeprefix("tutor/") for room in house if room.startswith("tutor/")} == rooms
    assert listed == [name for names in nodes.BY_FILE.values() for name in names]
    asking = [name for name in listed if issubclass(getattr(nodes, name), ModelVerb)]
    assert re.findall(r"\| \*(\w+)\* \|", DESIGN) == asking
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    dependencies = re.search(r"^dependencies = \[(.+?)^\]", project, re.MULTILINE | re.DOTALL)[1]
    names = re.findall(r'^    "([\w-]+)', dependencies, re.MULTILINE)
    assert sorted(re.findall(r"`([\w-]+)`", " ".join(needed))) == sorted(names)


# ------------------------------------------------------------------------------------------ what is shown, works


def test_the_manual_passes_check(tutor):
    run = tutor("check", "--strict", bundled_manual())
    assert run.returncode == 0, run.stdout


def yaml_examples(page: str) -> list[str]:
    return [block.body for block in code_blocks_of(PAGES[page]) if block.info == "yaml"]


def test_the_lesson_and_the_items_that_the_manual_shows_pass_check(tutor, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (lesson,) = (block.body for block in code_blocks_of(PAGES["your-own-documents"]) if block.body.startswith("---\n"))
    (notes / "bread.md").write_text(lesson, encoding="utf-8")
    (notes / "flour.md").write_text("---\ntitle: Flour\nsummary: Of wheat.\nminutes: 1\n---\n# Flour\n", encoding="utf-8")
    items = [line for text in yaml_examples("banks") for line in text.removeprefix("items:\n").splitlines(keepends=True)]
    indent = min(len(line) - len(line.lstrip()) for line in items if line.startswith("-"))
    assert indent == 0, "the first example has items: above it, the others are entries of that list"
    first, *others = yaml_examples("banks")
    bank = first + "".join("  " + line for text in others for line in text.splitlines(keepends=True))
    (notes / "bread.quiz.yaml").write_text(bank, encoding="utf-8")
    run = tutor("check", notes, "--json")
    assert [one for one in json.loads(run.stdout)["findings"] if one["rule"] != "no-bank"] == []
    assert {item["kind"] for item in yaml.safe_load(bank)["items"]} == set(Kind.ALL), "an example of every kind"


def test_the_try_blocks_that_the_manual_shows_can_be_tried_and_all_their_fields_are_documented_once():
    page = PAGES["your-own-documents"]
    shown = [found for block in code_blocks_of(page) if block.info == "markdown" for found in tries_of(block.body)]
    for one in (read_try(found.source) for found in shown):
        for knob in one.knobs:
            assert not one.plot or all(outcome(one, {**one.first(), knob.name: at}).plot for at in knob.stops)
    assert len(shown) == 2
    listed = expected_fields(read_try, "bogus: 1\n")
    assert names("field of a try block") == sorted(listed)


MORE = """\
## Flour

**Gluten** is the net of proteins that holds the gas. **Starch** is the sugar store of the grain. Rye flour holds 9 percent
of protein, and strong wheat flour holds 13 percent of protein.

"""  # what a text needs so that items can be made from it

ASIDE = {  # commands that are shown and not run here, by how they begin, and why
    "export ": "it names a server, which would then be asked",
    "python3 -m venv": "sets up an environment; .ci/run does it",
    "python benchmarks/": "takes minutes, or data that is not in the repository",
    "pytest": "this is it",
    "ptutor quiz --answers sheet.yaml --cassette": "needs a model server to record",
}


def shown_blocks() -> list:
    pages = {"README": README, **PAGES}
    blocks = [(name, block) for name, text in pages.items() for block in code_blocks_of(text) if block.info == "sh"]
    return [pytest.param(block.body, id=f"{name}:{block.line}") for name, block in blocks]


@pytest.fixture(scope="module")
def a_home(tmp_path_factory):
    return tmp_path_factory.mktemp("shown") / "home"


@pytest.mark.parametrize("body", shown_blocks())
def test_every_command_that_is_shown_runs(body, tutor, tmp_path, a_home):
    plant_what_is_named(body, tmp_path, tutor)
    for line in body.splitlines():
        if not any(line.startswith(start) for start in ASIDE):
            run_shown(line, tutor, tmp_path, a_home)


def test_every_command_set_aside_is_shown_somewhere():
    lines = [line for block in shown_blocks() for line in block.values[0].splitlines()]
    assert [start for start in ASIDE if not any(line.startswith(start) for line in lines)] == []


def plant_what_is_named(body: str, folder, tutor) -> None:
    """The files that a block's commands name, but for those that it writes itself."""
    (folder / "leave.yaml").write_text("steps: [quit]\n", encoding="utf-8")
    (folder / "notes").mkdir()
    (folder / "notes" / "bread.md").write_text(LESSON.replace("## Recap", MORE + "## Recap"), encoding="utf-8")
    (folder / "notes" / "bread.quiz.yaml").write_text(BANK, encoding="utf-8")
    if "session.yaml" in body:
        (script,) = yaml_examples("learning")
        (folder / "session.yaml").write_text(script, encoding="utf-8")
    if "sheet.yaml" in body and "--sheet" not in body:
        topics = ("llm/attention", "llm/lora")
        assert tutor("quiz", *topics, "-n", 8, "--seed", 7, "--sheet", "sheet.yaml").returncode == 0
        sheet = yaml.safe_load((folder / "sheet.yaml").read_text(encoding="utf-8"))
        right = {item.key: accepted_answers(draw(item, 7))[0] for topic in topics for item in bank_of(topic)}
        for item in sheet["items"]:
            item["answer"] = right[item["id"]]
        sheet["items"][0]["answer"] = None
        (folder / "sheet.yaml").write_text(yaml.safe_dump(sheet, allow_unicode=True), encoding="utf-8")


def bank_of(topic: str) -> list:
    return parse_bank((bundled_docs() / f"{topic}.quiz.yaml").read_text(encoding="utf-8"), topic, "")


def run_shown(line: str, tutor, folder, home) -> None:
    """Run a line as it is shown, without a keyboard: a session leaves at once, a quiz becomes a sheet."""
    words = shlex.shlex(line, posix=True, punctuation_chars="|>")
    words.whitespace_split, words.commenters = True, "#"
    words = list(words)
    if not words:
        return
    target = words.pop() if ">" in words else ""
    words = [word for word in words if word != ">"]
    given, (program, *arguments) = ([], words) if "|" not in words else split_at(words, "|")
    assert program == "ptutor", line
    command = next((word for word in arguments if word in cli.commands), "")
    if command in ("", "learn", "review") and not {"--script", "--undo"} & set(arguments):
        arguments += ["--script", "leave.yaml"] if command else ["learn", "--script", "leave.yaml"]
    if command == "quiz" and not {"--answers", "--sheet"} & set(arguments):
        arguments += ["--sheet", f"{len(list(folder.iterdir()))}.yaml"]
    if "restore" in arguments:  # nobody can be asked here
        arguments.append("--yes")
    if {"--undo", "appeal", "restore"} & set(arguments) or command == "records":
        (folder / "answer.yaml").write_text("topic: bread\nsteps: [answer: '1', answer: '2']\n", encoding="utf-8")
        given_docs = ["--docs", folder / "notes"]
        arguments += given_docs
        assert tutor("learn", "--script", "answer.yaml", *given_docs, TUTOR_HOME=str(home)).returncode == 0
    run = tutor(*arguments, "--offline", stdin=given[1] + "\n" if given[:1] == ["echo"] else "", TUTOR_HOME=str(home))
    verdicts = (0, 1) if command in ("quiz", "appeal") else (0,)  # 1 is a grade that fell short
    assert run.returncode in verdicts, f"{line}\n{run.stdout}{run.stderr}"
    if target:
        (folder / target).write_text(run.stdout, encoding="utf-8")


def split_at(words: list[str], mark: str) -> tuple[list[str], list[str]]:
    at = words.index(mark)
    return words[:at], words[at + 1 :]


# ------------------------------------------------------------------------------------- the manual as a folder of lessons


def test_ask_manual_answers_from_the_manual_in_place_of_the_lessons(tutor):
    run = tutor("ask", "--manual", "--json", "how do I write a cloze?")
    answer = json.loads(run.stdout)
    assert run.returncode == 0 and answer["citations"][0]["heading"] == "Question banks › Fill in the blank"


def test_ask_manual_finds_the_right_page_for_nearly_every_question(tutor):
    lines = (ROOT / "tests" / "data" / "manual_questions.txt").read_text(encoding="utf-8").splitlines()
    asked = [tuple(line.split(": ", 1)) for line in lines]
    questions = "".join(json.dumps({"id": page, "question": question}) + "\n" for page, question in asked)
    run = tutor("ask", "--manual", "--jsonl", "-", stdin=questions)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    elsewhere = [
        f"{question} -> {[one['lesson'] for one in answer['citations']]}"
        for (page, question), answer in zip(asked, answers, strict=True)
        if page not in [one["lesson"] for one in answer["citations"]]
    ]
    assert len(asked) >= 100 and len(elsewhere) <= len(asked) // 20, "\n".join(elsewhere)


def test_no_question_of_the_test_is_an_asked_comment():
    """Else the test would only show that a question meets itself."""
    asked = {line.casefold().strip(" ?") for text in PAGES.values() for line in text.splitlines()}
    lines = (ROOT / "tests" / "data" / "manual_questions.txt").read_text(encoding="utf-8").splitlines()
    same = [line for line in lines if line.partition(": ")[2].casefold().strip(" ?") in asked]
    assert same == []
