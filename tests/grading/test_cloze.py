"""Blanks filled by other spellings, near synonyms and other terms."""

import pytest

from tutor.corpus.bank import draw, parse_bank
from tutor.corpus.corpus import bundled_docs
from tutor.grading import grade
from tutor.grading.closed.spellings import fold, same_spelling
from tutor.models import Blank, Item, Kind, KnownWrong


def cloze(question, *blanks, wrong=()):
    blanks = tuple(Blank(tuple(blank.split("|"))) for blank in blanks)
    wrong = tuple(KnownWrong(answer, reply="A known mistake.") for answer in wrong)
    return Item(id="i", lesson="l/l", section="s", kind=Kind.CLOZE, question=question, blanks=blanks, wrong=wrong)


@pytest.fixture(scope="module")
def clozes():
    """Every cloze of the bundled banks, drawn."""
    docs = bundled_docs()
    items = []
    for path in sorted(docs.glob("*/*.quiz.yaml")):
        name = path.relative_to(docs).as_posix().removesuffix(".quiz.yaml")
        items += [draw(item, 3) for item in parse_bank(path.read_text(encoding="utf-8"), name, "") if item.kind == Kind.CLOZE]
    assert len(items) >= 37
    return items


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("sqrt(d_k)", "√d_k"),
        ("d_k**0.5", "√d_k"),
        ("d_k^(1/2)", "sqrt(d_k)"),
        ("F'(x) + 1", "1 + F'"),
        ("1 + F′", "F'+1"),
        ("one minus beta", "1 − β"),
        ("1-beta", "1 − β"),
        ("delta", "δ"),
        ("Δ", "delta"),
        ("H₁", "H1"),
        ("H_1", "H1"),
        ("rows", "row"),
        ("the matrices", "matrix"),
        ("mini-batch", "mini batch"),
        ("minibatch", "mini-batch"),
        ("neighbor", "neighbours"),
        ("normalised", "normalized"),
        ("2nd", "second"),
        ("twelve", "12"),
        ("1,536", "1536"),
        ("rejected", "rejects"),
        ("fell", "falls"),
        ("slow", "slowly"),
    ],
)
def test_spellings_of_one_word_number_or_formula_are_equal(typed, accepted):
    assert same_spelling(fold(typed), fold(accepted))


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [
        ("y - p", "p - y"),
        ("beta", "1 - β"),
        ("F'", "1 + F'"),
        ("d_k", "√d_k"),
        ("d_k**2", "√d_k"),
        ("H0", "H1"),
        ("13", "12"),
        ("-6", "6"),
        ("key", "query"),
        ("normalize", "normal"),
        ("hyper-exponential", "hypo-exponential"),
    ],
)
def test_other_words_numbers_and_formulas_are_not(typed, accepted):
    assert not same_spelling(fold(typed), fold(accepted))


ROLES = cloze("A token's [[…]] is compared with every token's [[…]] vector.", "query", "key", wrong=["key; query"])


@pytest.mark.parametrize("typed", ["query vector; key", "the query; keys", "a token's query; key vector", "Query; Key"])
def test_words_that_the_sentence_says_anyhow_may_stand_beside_a_fill(typed):
    assert grade(ROLES, typed).correct


@pytest.mark.parametrize("typed", ["key vector; key", "not query; key", "query or key; key", "query key; key", "value; key"])
def test_other_terms_beside_a_fill_or_instead_of_it_are_wrong(typed):
    reply = grade(ROLES, typed)
    assert reply.score == 0.5 and not reply.misunderstood
    assert grade(ROLES, "key; query").feedback == "A known mistake."


def test_a_near_synonym_is_asked_about_without_giving_the_word_away():
    item = cloze("Training lowers the [[…]].", "loss", wrong=["mistake"])
    reply = grade(item, "error")
    assert not reply.correct and "“error” is close. Did you mean another word for it?" in reply.misunderstood
    assert "loss" not in reply.misunderstood
    assert grade(item, "mistake").feedback == "A known mistake." and not grade(item, "mistake").misunderstood
    assert not grade(item, "accuracy").misunderstood


def test_a_near_synonym_keeps_the_credit_of_the_other_blanks_and_is_not_asked_about_beside_a_wrong_one():
    item = cloze("The [[…]] of the [[…]].", "loss", "columns")
    near = grade(item, "error; columns")
    assert near.misunderstood and near.score == 0.5 and near.missed == ("loss",)
    assert not grade(item, "error; penguins").misunderstood


def test_an_opposite_is_wrong_and_a_word_of_one_other_letter_is_no_slip():
    item = cloze("The sum [[…]].", "decreases")
    assert not grade(item, "increases").correct and not grade(item, "increases").misunderstood
    assert not grade(cloze("the [[…]] word", "next"), "text").correct


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("llm/attention:roles", "query vector; key vector; value vectors"),
        ("llm/adam:adagrad-dies", "goes down; shrink; discounts"),
        ("llm/lora:first-gradients", "matrix A; B; 2"),
        ("ml/vanishing-gradients-and-residuals:block-slope", "F'(x) + 1; the identity mapping"),
        ("ml/optimizers:steady-velocity", "(1 - beta); ten"),
        ("ml/softmax-and-cross-entropy:p-minus-y", "p minus y; zero"),
        ("ml/backpropagation:name-the-factors", "derivative; Delta"),
        ("math/bayes:kinds-of-probability", "joint probability; marginal; conditional probability"),
        ("stats/testing-vocabulary:power-is", "fail to reject; H_1; one minus beta"),
        ("stats/is-the-coin-fair:half-step", "the average; greater"),
        ("rl/multi-armed-bandits:ucb-blanks", "reduced; greater; first"),
        ("llm/embeddings-and-positions:add-or-concatenate", "summed up; 1,536"),
    ],
)
def test_right_words_of_learners_fill_the_bundled_clozes(clozes, key, typed):
    item = next(item for item in clozes if item.key == key)
    assert grade(item, typed).correct, grade(item, typed)


def test_known_wrong_fills_are_neither_right_nor_asked_about(clozes):
    graded = [(item.key, grade(item, wrong.answer)) for item in clozes for wrong in item.wrong]
    assert [key for key, one in graded if one.correct or one.misunderstood] == []


def test_the_words_of_one_cloze_do_not_fill_the_blanks_of_another(clozes):
    """But where they are right there too: numbers, and words such as `slowly` and `larger`."""
    passed = []
    for place, item in enumerate(clozes):
        for other in (clozes * 2)[place + 1 : place + 8]:
            words = [blank.accepted[0] for blank in other.blanks]
            typed = "; ".join(words[n % len(words)] for n in range(len(item.blanks)))
            own = {fold(text) for blank in item.blanks for text in blank.accepted}
            passed += [(item.key, one.evidence) for one in grade(item, typed).met if fold(one.evidence) not in own]
    right = {"ends", "end", "limit", "joint", "column", "columns", "keeps", "boundary"}
    assert [found for found in passed if found[1] not in right] == []
