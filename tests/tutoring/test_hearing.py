"""What a line is: an answer unless it can't be one."""

from __future__ import annotations

import pytest

from tutor.tutoring import hear, hear_beside


@pytest.mark.parametrize(
    "line",
    [
        "the variance grows",
        "because the variance grows",
        "I'm not sure, maybe the variance",
        "it is lost",
        "what is lost is the order",
        "I don't think it is the mean, it is the variance",
        "0.42",
        "loss",
        "help from the neighbours makes it stable",
        "why it grows: each term adds",
        "next comes the softmax",
        "a hint is given by the mask, so it can't look ahead",
        "x" * 500 + "?",
        "",
        "how it learns does not matter",
        "we need more data",
        "we need a simpler model",
        "we need help from the neighbours",
        "i want the answer to be stable",
        "explain variance",
        "let's say x is 2, then it grows",
    ],
)
def test_what_may_be_an_answer_is_one(line):
    assert hear(line).is_answer


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            "confused",
            [
                "I have no idea",
                "i dont know",
                "idk",
                "IDK :(",
                "no clue, sorry",
                "not sure",
                "I'm lost",
                "why?",
                "Because?",
                "huh?",
                "??",
                "I don't get why the variance grows",
                "sorry, I don't understand the question",
                "what does variance mean here",
                "what do you mean?",
                "keine Ahnung",
                "Ich verstehe nicht, warum die Varianz wächst",
                "je ne sais pas",
                "je comprends pas, c'est quoi ?",
                "no entiendo",
                "не знаю",
                "我不知道",
                "分かりません",
                "can't remember",
                "i forgot",
                "I'm lost here",
                "no clue mate",
            ],
        ),
        (
            "solution",
            [
                "just tell me",
                "tell me already",
                "show me",
                "I want the answer",
                "just tell me the answer",
                "what's the right answer?",
                "I give up",
                "answer please",
                "zeig mir die Lösung",
            ],
        ),
        (
            "hint",
            [
                "can I have a hint?",
                "hint please",
                "another hint",
                "help",
                "I need help",
                "gib mir einen Tipp",
                "una pista, por favor",
                "gimme a clue",
                "need help",
                "can you help me with this",
                "kannst du mir helfen",
            ],
        ),
        (
            "simpler",
            [
                "can you explain that again?",
                "simpler please",
                "in simpler words",
                "too hard",
                "let's do something easier",
                "explain it to me",
            ],
        ),
        ("example", ["can you give me an example?", "example please", "noch ein Beispiel"]),
        ("skip", ["skip the basics", "next question", "let's move on", "weiter"]),
        (
            "language",
            [
                "in German please",
                "can you say that in french?",
                "auf Deutsch bitte",
                "用中文",
                "can you repeat that in german please",
            ],
        ),
        ("chat", ["hi", "thanks!", "ok", "lol", "are you a bot?", "this is boring"]),
        (
            "question",
            [
                "what is a logit?",
                "why does the variance grow?",
                "wait, why does it grow",
                "can you see my screen?",
                "was ist ein Logit?",
                "tell me why it grows",
                "can you see my screen",
            ],
        ),
        (
            "either",
            ["is it because the variance grows?", "the variance?", "so the answer is 5?", "isn't it like a weighted average?"],
        ),
    ],
)
def test_what_can_not_be_an_answer_is_heard_as_what_it_is(kind, lines):
    assert {line: hear(line).kind for line in lines} == dict.fromkeys(lines, kind)


def test_hostile_lines_are_heard_quickly():
    for line in ("sorry, " * 60 + "x", "i " * 200, "can you " * 50, "?" * 399, "but and so wait " * 25):
        hear(line)


SUBJECT = "Why are the scores divided by the root of the dimension? Their variance grows with it, and you see large ones by luck."


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            "chat",
            ["this is stupid", "whatever", "you're useless", "my cat is sleeping", "these questions are so boring", "who cares"],
        ),
        ("confused", ["I have not the faintest clue what you want", "my mind is blank"]),
    ],
)
def test_what_has_no_word_of_the_subject_and_sounds_like_talk_is_talk(kind, lines):
    assert {line: hear_beside(line, SUBJECT, "en").kind for line in lines} == dict.fromkeys(lines, kind)


@pytest.mark.parametrize(
    "line",
    [
        "my guess is the variance",  # has a word of the subject
        "I think they blow up",  # what is thought may be the answer
        "it is too big",
        "otherwise it saturates",
        "so you get the same every time",
        "I'd take 3",
    ],
)
def test_own_words_are_an_answer_however_few_of_them_the_subject_has(line):
    assert hear_beside(line, SUBJECT, "en").is_answer
