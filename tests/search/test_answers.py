"""Answers without a model: the kind of a question, the section it is about, whole sentences, and never a falsehood."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from conftest import ROOT

from tutor import search
from tutor.corpus.corpus import open_corpus
from tutor.models import Passage
from tutor.nodes.ask import AskWhichIsMeant
from tutor.screen import mathtext
from tutor.search import answering, questions
from tutor.search.answering import refuted, verdict
from tutor.search.answering.composing import DraftAnswer, QuotedPart
from tutor.search.answering.deciding import decision
from tutor.search.answering.quotes import SENTENCE, Quotable, quotes_of


@pytest.fixture(scope="module")
def ask():
    index = search.open_index(open_corpus(ROOT / "docs"), None)
    return lambda question: asked(index, question)


def asked(index, question):
    return answering.answer(question, index.search(question, answering.CANDIDATES), index.query_words(question))


def ask_folder(folder, question, **pages):
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return asked(search.open_index(open_corpus(folder), None), question)


# ----------------------------------------------------------------------------------------- what a question asks


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what is a p-value in simple words", questions.DEFINITION),
        ("wats dropout, i dont get it", questions.DEFINITION),
        ("overfitting", questions.DEFINITION),
        ("what's the difference between batch norm and layer norm", questions.SIDES),
        ("String or &str?", questions.SIDES),
        ("how many heads does it have", questions.NUMBER),
        ("how sure am I after a second cup", questions.NUMBER),
        ("share of visitors that come back", questions.NUMBER),
        ("start the kettle with a timer", questions.HOW),
        ("how do I see how many cups there are", questions.HOW),
        ("def or lambda for a callback?", questions.SIDES),
        ("why divide by the root", questions.WHY),
        ("how do I merge the weights", questions.HOW),
        ("does a bigger sample lower alpha", questions.YES_NO),
        ("when does it pay off", questions.WHEN),
        ("was ist ein Eigenvektor", questions.DEFINITION),
        ("pourquoi diviser par la racine", questions.WHY),
        ("¿cuántos parámetros tiene?", questions.NUMBER),
        ("чем отличается список от кортежа", questions.SIDES),
        ("чем список отличается от кортежа", questions.SIDES),
        ("什么是注意力", questions.DEFINITION),
    ],
)
def test_the_kind_of_a_question_is_told_by_its_words(question, kind):
    assert questions.understand(question).kind == kind


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("hi, can you please explain softmax in simple words?", "softmax?"),
        ("wats dropout, i dont get it", "what is dropout"),
        ("could you tell me about momentum pls", "momentum"),
        ("how do I explain variance to a model", "how do I explain variance to a model"),
        ("please", "please"),
    ],
)
def test_framing_is_taken_off_a_question_and_its_subject_stays(question, kept):
    assert questions.cleaned(question) == kept


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("difference between batch and layer norm", ("batch norm", "layer norm")),
        ("momentum vs adam", ("momentum", "adam")),
        ("how is a list different from a tuple?", ("list", "tuple")),
        ("what is a row, and how is it different from a column", ("row", "column")),
        ("when should I use ridge instead of lasso", ("ridge", "lasso")),
        ("is ridge or lasso better", ("ridge", "lasso")),
        ("can I use a list or any other sequence", ()),
    ],
)
def test_two_sides_are_told_apart(question, sides):
    assert questions.understand(question).sides == sides


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("what is oolong and why does it turn brown?", ["what is oolong", "why does oolong turn brown?"]),
        ("what is a blend? and how do I make one", ["what is a blend", "how do I make blend"]),
        ("what's steeping, when does it end", ["what is steeping", "when does steeping end"]),
        ("what is oolong", []),
        ("I have no pot, how do I brew it", []),
        ("why is tea hot, why not cold", []),
        ("what happens and why?", []),
    ],
)
def test_several_questions_are_told_apart(question, parts):
    assert [part.text for part in questions.understand(question).parts] == parts


# ---------------------------------------------------------------------------------------------- what is answered


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what is a p-value in simple words", "of a statistic at least as extreme"),
        ("what is a KV cache", "A KV cache keeps the keys and values of past tokens"),
        ("wats dropout, i dont get it", "Dropout sets each value to zero with probability"),
        ("whats bayes theorem", "Bayes' rule turns a conditional probability round"),
        ("meaning of statistical power", "Power is the chance of seeing an effect that is there"),
        ("what is perplexity", "ppl"),
    ],
)
def test_a_definition_opens_with_the_sentence_that_defines(ask, question, said):
    answer = ask(question)
    assert answer.found and said in answer.text


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("dormant bush meaning", "A bush sleeps or grows. A bush that waits for rain is **dormant**.", "A bush that waits"),
        ("meaning of fannings", "Leaves break. If leaves are broken small, they are **fannings**.", "If leaves are broken small"),
        (
            "what is the grade of a leaf",
            "Leaves are sorted. A leaf grows. The size by which it is sorted is called its **grade**.",
            "The size",
        ),
        (
            "what is a TGA",
            "Some pay a fee. A gardener's agreement, often called a Tea Gardener Agreement (TGA), makes work for those who sign.",
            "A gardener's agreement",
        ),
        (
            "what is CTC",
            "Leaves are crushed and torn by rollers. This is called crush, tear, curl, **CTC**. CTC is quick.",
            "Leaves are",
        ),
    ],
)
def test_a_definition_is_known_by_the_term_it_ends_with_too(tmp_path, question, text, said):
    page = f"# Tea\n\n## Leaves\n\n{text}\n\n## Other\n\nIn the trade much is said.\n"
    assert ask_folder(tmp_path, question, tea=page, other="# Milk\n\nMilk is white.\n").text.startswith(said)


def test_a_condition_or_a_thing_of_another_kind_is_no_definition(tmp_path):
    page = (
        "# Tea\n\n## Leaves\n\nWhen the green leaf is wet, it rolls up. The green leaf cutter is a machine. "
        "The green leaf is not a bud. The green leaf of tea is the part that is picked.\n"
    )
    text = ask_folder(tmp_path, "what is a green leaf", tea=page).text
    assert text.startswith("The green leaf of tea is the part")


def test_a_section_whose_heading_asks_the_question_answers_with_its_first_sentence(tmp_path):
    page = (
        "# Tea\n\n## What does fair trade mean?\n\nWhen tea is fair trade, that means its pickers are paid a minimum. "
        "Fair trade is good because pickers can live on it.\n"
    )
    text = ask_folder(tmp_path, "what does fair trade mean", tea=page).text
    assert text.startswith("When tea is fair trade, that means its pickers are paid a minimum.")


def test_a_number_is_that_of_the_thing_asked_for_and_nothing_else_stands_before_it(tmp_path):
    page = (
        "# Tea\n\n## Kinds\n\n**A tea is named after how long its leaves lie in the air.** Green tea lies for 2 hours. "
        "Its caffeine is 30 mg a cup. Black tea lies for 12 hours and has 50 mg of caffeine a cup.\n"
    )
    assert ask_folder(tmp_path, "how much caffeine has black tea", tea=page).text.startswith("Black tea lies for 12 hours")


def test_what_changed_in_a_version_does_not_answer_what_is_true_now(tmp_path):
    tea = "# Tea\n\n## Kettle\n\nThe kettle whistles when the water boils. It holds two litres.\n"
    notes = "# Release notes\n\n## 0.2\n\nThe kettle whistles, the kettle whistles. Fixes of the kettle whistle.\n"
    answer = ask_folder(tmp_path, "when does the kettle whistle", tea=tea, notes=notes)
    assert answer.text.startswith("The kettle whistles when the water boils.")


def test_two_questions_are_answered_one_after_the_other(tmp_path):
    page = (
        "# Tea\n\n## Oolong\n\nOolong is a tea whose leaves lie in the air for some hours. It comes from Fujian.\n\n"
        "## Colour\n\nOolong turns brown because the air reaches the sap of its bruised leaves.\n"
    )
    answer = ask_folder(tmp_path, "what is oolong and why does it turn brown", tea=page)
    first, second = answer.text.split("\n\n")
    assert first.startswith("Oolong is a tea") and second.startswith("Oolong turns brown because")
    assert [citation.line for citation in answer.citations] == [5, 9]


def test_two_sides_get_a_sentence_each(ask):
    text = ask("what's the difference between batch norm and layer norm").text
    assert "Batch norm takes one mean per column" in text and "Layer norm takes one mean per row" in text


def test_a_question_about_a_misconception_is_answered_with_what_is_said_against_it(ask):
    answer = ask("does linear attention give the softmax result faster?")
    assert answer.text.startswith("No. It gives other weights") and "Misconceptions" in answer.citations[0].heading
    assert "queries" not in ask("does dropout speed up training").text


@pytest.mark.parametrize(
    "heading",
    ["Misconceptions", "Common mistakes", "Pitfalls", "Myths", "What people get wrong", "Häufige Fehler", "Idées reçues",
     "Errores comunes", "Заблуждения", "常见错误", "よくある間違い"],
)  # fmt: skip
def test_a_claim_that_a_text_refutes_is_never_quoted(tmp_path, heading):
    bullet = "- **Green tea is boiled for an hour.** Two minutes are enough.\n"
    page = f"# Tea\n\nTea is a drink made of leaves.\n\n## {heading}\n\n{bullet}"
    for question in ("how long is green tea boiled", "is green tea boiled for an hour", "green tea"):
        assert "for an hour" not in ask_folder(tmp_path, question, tea=page).text
    assert ask_folder(tmp_path, "is green tea boiled for an hour", tea=page).text.startswith("No. Two minutes are enough.")


MYTHS = """\
# Bread

Bread is baked from dough.

## Misconceptions

- **Does salt feed yeast?** No: salt slows yeast down, and does so at once. {#salt-feeds}
  <!-- asked: does salt help yeast grow -->
- **Is dough with more yeast better?** Yes, but only faster. Its taste needs time. {#more-yeast}
- **Does a hot oven kill yeast?** Yes: yeast dies at 60 degrees, long before the crust is brown. {#hot-oven}
"""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("does salt feed yeast?", "No. Salt slows yeast down"),
        ("Does the salt feed the yeast", "No. Salt slows yeast down"),
        ("does salt not feed yeast?", "Salt slows yeast down"),
        ("does salt help yeast grow?", "Salt slows yeast down"),
        ("does salt fail to feed yeast?", "Salt slows yeast down"),
        ("is dough with more yeast better?", "Yes. Only faster. Its taste needs time."),
        ("does a hot oven kill yeast?", "Yes. Yeast dies at 60 degrees"),
        ("does yeast survive a hot oven?", "Yeast dies at 60 degrees"),
    ],
)
def test_what_answers_a_misconception_is_quoted_and_its_verdict_only_to_the_very_question(tmp_path, question, said):
    answer = ask_folder(tmp_path, question, bread=MYTHS)
    assert answer.text.startswith(said) and "{#" not in answer.text
    assert all(answering.quote_stands(citation, MYTHS) for citation in answer.citations)


def test_an_answer_is_cited_with_the_line_of_the_entry_that_gives_it(tmp_path):
    (citation, *_) = ask_folder(tmp_path, "does a hot oven kill yeast?", bread=MYTHS).citations
    assert (citation.line, citation.quote) == (10, "yeast dies at 60 degrees, long before the crust is brown.")


def test_a_compound_is_not_the_word_that_it_ends_with(tmp_path):
    page = "# Sums\n\nA sum adds.\n\n## Misconceptions\n\n- **Is a sum of terms exponential?** No: it is hypo-exponential.\n"
    assert ask_folder(tmp_path, "is a sum of terms exponential?", sums=page).text.startswith("No.")
    assert not ask_folder(tmp_path, "is a sum of terms hypo-exponential?", sums=page).text.startswith("No.")


@pytest.mark.parametrize(
    ("entry", "parts"),
    [
        ("**It is fast.** It is slow.", ("It is fast.", "It is slow.")),
        ("“It is fast” – it is slow.", ("It is fast", "it is slow.")),
        ("Myth: it is fast. Fact: it is slow.", ("Myth: it is fast.", "it is slow.")),
        ("It is fast. In truth it is slow.", ("It is fast.", "In truth it is slow.")),
        ("It is fast", ("It is fast", "")),
        ("Never run it twice.", ("", "Never run it twice.")),
        ("**Is it fast?** No: it is slow.", ("Is it fast?", "No: it is slow.")),
    ],
)
def test_a_misconception_is_told_from_what_is_said_against_it(entry, parts):
    assert refuted.parted(entry) == parts


@pytest.mark.parametrize(
    ("question", "sentence", "opening"),
    [
        ("does oolong need boiling water", "Oolong needs boiling water.", "Yes."),
        ("does oolong need boiling water", "In the mountains oolong does not need boiling water, as people know.", "No."),
        ("is oolong a green tea", "Oolong isn't a green tea.", "No."),
        ("can oolong be brewed cold", "Oolong can be brewed cold.", "Yes."),
        ("do tea leaves have veins", "Tea leaves have veins: look at one.", "Yes."),
        # not the same thing, or not as sure
        ("does oolong need boiling water", "Oolong spoils in boiling water.", ""),
        ("does oolong need boiling water", "Oolong needs boiling water only if it is old.", ""),
        ("does oolong need boiling water", "If oolong needs boiling water, it is old.", ""),
        ("does oolong need boiling water", "Some say oolong needs boiling water.", ""),
        ("does oolong need boiling water", "Oolong needs no kettle with boiling water.", ""),
        ("does oolong always need boiling water", "Oolong needs boiling water.", ""),
        ("does oolong contain tannin", "Tannin does not contain oolong.", ""),
        ("does oolong turn brown", "Oolong fails to turn brown.", ""),
        ("should I rinse oolong", "You can rinse oolong.", ""),
        ("do tea leaves have veins", "Tea leaves lack veins.", ""),
        ("is oolong a green tea", "Oolong or a green tea will do.", ""),
        ("is oolong a green tea", "It is a myth that oolong is a green tea.", ""),
        ("isn't oolong a green tea", "Oolong is a green tea.", ""),
    ],
)
def test_yes_and_no_are_said_only_where_a_sentence_decides(question, sentence, opening):
    assert decision(questions.understand(question), Quotable(sentence, 1, 0, SENTENCE)) == opening


def test_an_answer_begins_with_what_was_decided(tmp_path):
    page = "# Tea\n\n## Oolong\n\nOolong comes from Fujian. Oolong is not a green tea. It is picked in May.\n"
    assert ask_folder(tmp_path, "is oolong a green tea?", tea=page).text.startswith("No. Oolong is not a green tea.")


def test_an_answer_does_not_end_in_a_colon(tmp_path):
    page = "# Tea\n\n## Brewing\n\nBrewing tea takes these things:\n\n- a pot\n- hot water\n- leaves\n\nThat is all.\n"
    text = ask_folder(tmp_path, "what does brewing tea take", tea=page).text
    assert "- a pot\n- hot water\n- leaves" in text


def test_steps_come_in_order_and_whole(tmp_path):
    page = "# Tea\n\n## Brewing\n\nBrew tea like this:\n\n1. Boil the water.\n2. Pour it over the leaves.\n3. Wait.\n\nEnjoy.\n"
    text = ask_folder(tmp_path, "how do I brew tea", tea=page).text
    assert "1. Boil the water.\n2. Pour it over the leaves.\n3. Wait." in text


def test_a_list_of_instructions_is_a_list_of_steps(tmp_path):
    page = (
        "# Tea\n\n## Iced tea\n\nIced tea is for the summer, and people like it.\n\nIced tea takes a night.\n\n"
        "- Put the leaves into cold water.\n- Wait until the morning.\n- Add ice.\n\nIced tea keeps for a day.\n"
    )
    text = ask_folder(tmp_path, "how do I make iced tea", tea=page).text
    assert text.endswith("- Put the leaves into cold water.\n- Wait until the morning.\n- Add ice.")


def test_which_one_to_take_is_answered_with_the_table_of_cases(tmp_path):
    page = (
        "# Tea\n\n## Pots\n\n**Which pot to use depends on the tea.** A pot should hold its heat. Each pot has its own use:\n\n"
        "| pot | for |\n|---|---|\n| clay | black tea |\n| glass | green tea |\n\nPots break.\n"
    )
    assert "| glass | green tea |" in ask_folder(tmp_path, "which pot should I use", tea=page).text


def test_what_speaks_of_the_thing_in_a_heading_does_not_answer_for_another(tmp_path):
    page = (
        "# Tea\n\n## Coffee\n\nIt is bought in bags at a market. It is roasted.\n\n"
        "## Oolong\n\nOolong grows on hills. Most of it is bought loose at a market.\n"
    )
    assert "loose" in ask_folder(tmp_path, "is oolong bought at a market", tea=page).text


def test_a_usual_value_is_the_number_that_is_called_usual(tmp_path):
    page = (
        "# Tea\n\n## Water\n\nWater for tea was 80 degrees warm in a test. Two kinds of water are used for tea. "
        "Common choices for green leaves are 75 degrees. Nothing else is known.\n"
    )
    assert "75 degrees" in ask_folder(tmp_path, "what is the usual temperature of water for green tea", tea=page).text


def test_a_command_that_does_it_comes_with_the_sentence_about_it(tmp_path):
    page = (
        "# Tea\n\n## Ordering\n\nTea is drunk everywhere. In the shop, run the following:\n\n"
        "```console\n$ tea order oolong\n```\n\nThis command orders a bag of tea from the shop.\n"
    )
    text = ask_folder(tmp_path, "how do I order a bag of tea from the shop", tea=page).text
    assert "$ tea order oolong" in text and "This command orders a bag" in text


def test_which_of_two_is_answered_by_the_sentence_with_the_conditions(tmp_path):
    page = (
        "# Tea\n\n## Bags\n\nTea bags are made of paper. A tea bag and loose leaves have the same price.\n\n"
        "## Choice\n\nTake tea bags when it has to be quick, and loose leaves when it may take a while.\n"
    )
    text = ask_folder(tmp_path, "tea bags or loose leaves: when to use which", tea=page).text
    assert text.startswith("Take tea bags when it has to be quick, and loose leaves when")


KINDS_OF_TEA = (
    "# Tea\n\n## Green tea\n\nGreen tea is made of leaves that are heated at once.\n\n"
    "## Black tea\n\nBlack tea is made of leaves that lie in the air.\n\n## Water\n\nWater is boiled.\n"
)


def test_a_mere_topic_is_answered_and_what_else_it_may_be_about_is_named(tmp_path):
    answer = ask_folder(tmp_path, "teas", tea=KINDS_OF_TEA)
    assert answer.found and [answering.title_of(one) for one in answer.others] in (["Green tea"], ["Black tea"])
    assert answering.listing(answer, answer.text).splitlines()[-1] == f"Or do you mean: {answering.title_of(answer.others[0])}?"
    for question in ("what is tea", "green tea", "how is tea made"):
        assert not ask_folder(tmp_path, question, tea=KINDS_OF_TEA).others


@pytest.mark.parametrize("number", [0, 1])
def test_at_a_terminal_a_mere_topic_leads_to_one_question_back(tmp_path, number):
    (tmp_path / "tea.md").write_text(KINDS_OF_TEA, encoding="utf-8")
    index = search.open_index(open_corpus(tmp_path), None)
    asked_for = []

    def which_of(options):
        asked_for.extend(options)
        return number

    terminal = SimpleNamespace(drawn=True, speaks_with_a_person=True, which_of=which_of)
    passages, words = index.search("teas"), index.query_words("teas")
    chosen = AskWhichIsMeant().exec(terminal, "teas", passages, words)
    assert sorted(asked_for) == ["Tea › Black tea", "Tea › Green tea"] and [one.heading for one in chosen] == [asked_for[number]]
    in_a_pipe = SimpleNamespace(drawn=False, speaks_with_a_person=False)
    assert AskWhichIsMeant().exec(in_a_pipe, "teas", passages, words) == passages


def test_bold_over_a_sentence_and_targets_of_links_are_left_out_of_an_answer(tmp_path):
    said = "**Tannin is what makes a tea bitter after some minutes.** It comes with [hot water](water.md) and goes with milk.\n"
    page = f"# Tea\n\n## Tannin\n\n{said}"
    answer = ask_folder(tmp_path, "what is tannin", tea=page)
    assert answer.text.startswith("Tannin is what makes a tea bitter after some minutes.") and "water.md" not in answer.text
    assert answer.citations[0].quote.startswith("**Tannin is")


STEEPING = """# Tea

## Steeping

Tannin leaves the leaf slowly, and so do most other things. Hot water draws it out.

<!-- asked
why does long steeping make tea bitter
is tea bitter after a long time, right
A: Yes. Tannin dissolves slowly, so more of it is in the cup.
how long to steep green tea
how many minutes for green leaves
A: Two minutes in water of 80 degrees, $t=2$.
what is tannin
A: Tannin is what makes tea bitter.
-->
"""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("why is tea so bitter after long steeping", "Tannin dissolves slowly, so more of it is in the cup."),
        ("is tea bitter after a long time", "Yes. Tannin dissolves slowly, so more of it is in the cup."),
        ("is tea not bitter after a long time", "Tannin dissolves slowly, so more of it is in the cup."),
        ("is tea always bitter after a long time", "Tannin dissolves slowly, so more of it is in the cup."),
        ("is tea bitter", "Tannin dissolves slowly, so more of it is in the cup."),
        ("is tea sweet after a long time", "Tannin dissolves slowly, so more of it is in the cup."),
        ("is it wrong that tea is bitter after a long time", "Tannin dissolves slowly, so more of it is in the cup."),
        ("how many minutes do green leaves take", "Two minutes in water of 80 degrees, $t=2$."),
        ("what is tannin in simple words", "Tannin is what makes tea bitter."),
    ],
)
def test_an_answer_in_an_asked_comment_is_given_with_its_yes_or_no_only_to_the_same_question(tmp_path, question, said):
    answer = ask_folder(tmp_path, question, tea=STEEPING)
    assert answer.text.startswith(said)
    assert answer.citations[0].line == 5 and answering.quote_stands(answer.citations[0], STEEPING)


def test_a_verdict_in_another_language_is_said_only_to_the_same_question_too(tmp_path):
    page = (
        "---\nlanguage: de\n---\n\n# Katzen\n\n## Jagd\n\nKatzen jagen, wenn es dunkel wird.\n\n"
        "<!-- asked\njagen Katzen nachts\nA: Nein. Sie jagen in der Dämmerung.\n-->\n"
    )
    assert ask_folder(tmp_path, "jagen Katzen nachts", katzen=page).text.startswith("Nein. Sie jagen")
    assert ask_folder(tmp_path, "jagen Katzen tagsüber", katzen=page).text.startswith("Sie jagen")


def test_a_question_in_another_language_gets_no_plain_no_where_a_word_of_it_is_unknown(ask):
    assert not ask("ist Dropout nützlich?").text.startswith("No")


def test_what_is_said_of_one_version_does_not_answer_for_another(tmp_path):
    page = (
        "# Tea\n\n## Presses\n\nThe press-2 holds 40 leaves.\n\n<!-- asked\nhow many leaves has press-2\nA: Forty leaves.\n-->\n"
    )
    assert ask_folder(tmp_path, "how many leaves has press-2", tea=page).text.startswith("Forty leaves.")
    assert not ask_folder(tmp_path, "how many leaves has press-4", tea=page).found


def test_two_questions_that_one_answer_answers_get_it_once(tmp_path):
    text = ask_folder(tmp_path, "what is tannin and what does tannin do to tea, what is it", tea=STEEPING).text
    assert text.count("Tannin is what makes tea bitter.") == 1


def test_the_authors_own_answer_to_a_question_is_given_and_cited_with_its_section(tmp_path):
    (tmp_path / "tea.quiz.yaml").write_text(
        "items:\n  - id: cold\n    section: brewing\n    kind: short\n    question: Why does cold water make weak tea?\n"
        "    rubric: [{point: it dissolves less}]\n"
        "    references: [Cold water dissolves far less of the leaves in the same time.]\n"
        "    hints: [Think of sugar., It is about dissolving.]\n    explanation: It dissolves less.\n",
        encoding="utf-8",
    )
    page = "# Tea\n\n## Brewing\n\nBrewing draws taste out of leaves. Water does it, the hotter the faster.\n"
    answer = ask_folder(tmp_path, "why does cold water make weak tea", tea=page)
    assert "dissolves far less" in answer.text
    assert all(answering.quote_stands(citation, page) for citation in answer.citations) and answer.citations


@pytest.mark.parametrize("comment", ["<!-- ignore -->", "<!-- see\nbelow -->", " <!-- ignore -->"])
def test_a_citation_stands_beside_a_comment(tmp_path, comment):
    page = f"# Tea\n\n## Tannin\n\nTannin is what makes\na tea bitter, as [water][w]{comment}. It goes with milk.\n\n[w]: w.md\n"
    answer = ask_folder(tmp_path, "what is tannin", tea=page)
    assert answer.citations and all(answering.quote_stands(citation, page) for citation in answer.citations)


def test_a_short_answer_goes_on_with_what_says_most_further_down(tmp_path):
    page = (
        "# Tea\n\n## Steeping\n\n**Long steeping makes tea bitter.** In symbols:\n\n$$b=kt$$\n\nRain is wet here and there, too."
        "\n\n"
        "Steeping draws bitter tannin out of the leaves the whole time, because tannin dissolves slowly.\n"
    )
    text = ask_folder(tmp_path, "why does long steeping make tea bitter", tea=page).text
    assert text.startswith("Long steeping") and "because tannin dissolves slowly" in text and "Rain" not in text


def test_a_second_question_that_begins_with_its_verb_is_answered_as_well(tmp_path):
    page = "# Tea\n\n## Tannin\n\nTannin is what makes tea bitter. Leaves hold it.\n\n## Milk\n\nMilk binds tannin at once.\n"
    text = ask_folder(tmp_path, "what is tannin and does it bind to milk", tea=page).text
    assert "Tannin is what makes tea bitter." in text and "Milk binds tannin at once." in text


def test_each_side_is_named_where_a_sentence_names_it(tmp_path):
    page = (
        "# Tea\n\n## Pots\n\nThe **clay** pot keeps heat for a long time. Water boils. Porcelain loses its heat within minutes "
        "and keeps no taste.\n"
    )
    text = ask_folder(tmp_path, "clay vs porcelain", tea=page).text
    assert "clay" in text and "Porcelain loses" in text and "Water boils" not in text


def test_of_a_short_question_nearly_all_has_to_be_said(tmp_path):
    (tmp_path / "tea.md").write_text("# Tea\n\n## Pots\n\nThe pot is for tea. A whistle is tuned by hand.\n", encoding="utf-8")
    index = search.open_index(open_corpus(tmp_path), None)

    def is_to_the_point(question, numbers):
        passages = index.search(question, answering.CANDIDATES)
        fits = answering.fits_of(passages, index.query_words(question), questions.understand(question), None)
        return verdict.is_to_the_point(DraftAnswer([QuotedPart(fits[0], numbers)]))

    assert not is_to_the_point("how is the whistle tuned", {0})
    assert is_to_the_point("how is the whistle tuned", {0, 1})
    assert is_to_the_point("how is a whistle tuned when somebody sells pots at the market of a town", {0})


def test_what_is_said_of_another_thing_is_not_taken_for_what_was_asked_about(tmp_path):
    others = "# Other drinks\n\n## Coffee\n\nIt is popular. It is never something to brew with a samovar as one does with tea.\n"
    tea = "# Tea\n\n## Pots\n\nThe samovar keeps water hot while people brew their tea in the pot on top.\n"
    text = ask_folder(tmp_path, "can I brew tea with a samovar", others=others, tea=tea).text
    assert "never something" not in text and "on top" in text


def test_the_marks_of_notes_are_not_quoted(tmp_path):
    page = (
        "# Tea\n\n## Kettle\n\n/// note | Hot things\n\nA kettle is a vessel in which water boils for tea.\n\n///\n\n"
        "::: tea.kettle.Kettle\n    options:\n        members:\n            - boil\n\n!!! tip\nThe kettle must be clean.\n"
    )
    text = ask_folder(tmp_path, "what is a kettle", tea=page).text
    assert "vessel" in text and not any(mark in text for mark in ("///", ":::", "!!!", "Hot things", "options"))


def test_a_follow_up_does_not_repeat_the_answer_before(tmp_path):
    page = (
        "# Tea\n\n## Brewing\n\nBrewing draws taste out of tea leaves with hot water. Hot water makes brewing quick.\n\n"
        "## Milk\n\nMilk makes tea mild.\n"
    )
    (tmp_path / "tea.md").write_text(page, encoding="utf-8")
    index = search.open_index(open_corpus(tmp_path), None)
    first = asked(index, "what is brewing")
    meant = answering.in_context("and why hot water?", "what is brewing")
    words = index.query_words(meant)
    second = answering.answer(
        "and why hot water?", index.search(meant), words, already="Brewing draws taste out of tea leaves with hot water."
    )
    assert "draws taste" in first.text and "draws taste" not in second.text and "quick" in second.text


def test_a_model_reads_the_passages_in_the_order_in_which_they_would_be_answered_from(ask, tmp_path):
    index = search.open_index(open_corpus(ROOT / "docs"), None)
    question = "what is a KV cache"
    passages = index.search(question, answering.CANDIDATES)
    ordered = answering.best_first(question, passages, index.query_words(question))
    assert ordered[0].section == "the-kv-cache" and {id(one) for one in ordered} <= {id(one) for one in passages}


@pytest.mark.parametrize(
    ("text", "question", "said"),
    [
        ("Ein Teebeutel ist ein Säckchen für gehackte Blätter.", "Was ist ein Teebeutel?", "Säckchen"),
        ("Un infuseur est une petite boule percée.", "qu'est-ce qu'un infuseur", "boule"),
        ("Un colador es una malla fina para las hojas.", "¿qué es un colador?", "malla"),
        ("Самовар — это сосуд для кипячения воды.", "что такое самовар", "сосуд"),
        ("茶包是装有茶叶的小袋。它很方便。", "什么是茶包", "小袋"),
        ("急須はお茶を入れる道具です。便利です。", "急須とは何ですか", "道具"),
    ],
)
def test_definitions_are_found_in_other_languages_too(tmp_path, text, question, said):
    assert said in ask_folder(tmp_path, question, tea=f"# T\n\n## A\n\n{text}\n", other="# B\n\nNothing here.\n").text


def test_plain_text_has_formulas_in_unicode_and_no_marks():
    assert (
        mathtext.plain("**Adam** keeps $\\beta_1=0.9$, see [here](x.md) and `a**b`.")
        == "Adam keeps β₁ = 0.9, see here and `a**b`."
    )
    assert mathtext.plain("It costs $5 or $6.") == "It costs $5 or $6."


@pytest.mark.parametrize(
    "text", ["“" * 3_000 + "tea", "[" * 4_000, "**" * 3_000, "Myth: " * 1_000 + "Fact", "the tea is " * 1_500]
)
def test_no_text_makes_an_answer_slow(tmp_path, text):
    page = f"# T\n\n## Misconceptions\n\n- {text}\n\n## Tea\n\n{text} tea\n"
    begun = time.process_time()
    ask_folder(tmp_path, "what is tea", tea=page)
    assert time.process_time() - begun < 2


def test_when_is_answered_from_the_section_whose_heading_tells_it(tmp_path):
    page = (
        "# Tea\n\n## Leaves\n\nLoose leaves for tea are sold in paper. Tea of loose leaves is green or black.\n\n"
        "## When they pay\n\nWhen more than three cups are wanted, loose leaves for tea cost less.\n"
    )
    assert "three cups" in ask_folder(tmp_path, "when should I use loose leaves for tea", tea=page).text


def test_a_sentence_is_cited_where_it_begins_though_its_first_words_also_begin_a_later_line():
    text = "The timer is a clock. You\ncan set it with `kettle time`.\nYou can run it now."
    passage = Passage("kettles", "kettles.md", 5, "Kettles › The timer", "the-timer", 0.0, text)
    assert [quote.line for quote in quotes_of(passage)] == [5, 5, 7]
