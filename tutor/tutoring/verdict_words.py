"""What a sentence of the tutor's says about an answer, right or wrong, and whether it is rude."""

from __future__ import annotations

import re

from tutor.models import Grade

_END = r"(?=\s*(?:[,.!:;…—–，。！]|$)|\s+(?:that|this|you|your|so|it|about|answer|das|du|c['’]est)\b)"
_YES = (
    "yes yep yeah yup right correct exactly precisely indeed perfect perfectly excellent great brilliant wonderful fantastic "
    "absolutely bravo congratulations bingo ja genau richtig stimmt perfekt korrekt prima oui exact exactement parfait "
    "sí correcto exacto perfecto sim certo correto esatto giusto да верно правильно точно 对 对的 没错 正确 答对了"
).split()
_DONE = (
    r"(?:well|nicely)\s+done|(?:good|great|nice)\s+(?:job|work|answer|one)|spot[- ]on|nailed it|full marks"
    r"|you(?:['’]ve| have)? passed"
)
_SURELY = (
    r"(?:(?:exactly|quite|all|absolutely|completely|entirely|perfectly|indeed|just|totally|certainly|definitely|now|fully)\s+)*"
)
_IT = (
    r"(?:that|this|it|which|you|both|all|everything|both of (?:them|these)|all of (?:it|them|this|that)"
    r"|(?:the|your)\s+(?:\w+\s+)?(?:answer|number|result|choice|reasoning|idea|order|words?|guess|reply|solution)|[\w.,]*\d)"
)
_IS = r"(?:\s*['’](?:s|re)|\s+(?:is|are|was|were))\s+"
_OWNS = (
    r"\byou(?:['’]ve|\s+have)?(?:\s+(?:now|really|just|clearly|already))?\s+(?:have|got|get|nailed|found|solved|made|did|answered)?\s*"
    r"(?:it|this|that|both|all|everything|every|the\s+(?:right|correct|full|whole|complete)\s+answer)\b(?=\s*(?:[,.!:;…—–]|$|all\b|points?\b|of\b|right\b|now\b))"
)
_WHOLE = (
    rf"{_DONE}|{_OWNS}|\bnothing\s+(?:\w+\s+)?(?:missing|to\s+add)\b|\b(?:both|all)(?:\s+\w+)?\s+points\s+are\s+(?:there|right|made)\b"
    r"|\b(?:full|all)\s+(?:marks|credit|points)\b|\banswer\s+is\s+(?:\w+\s+)?complete\b|\bcomplete\s+answer\b"
    r"|\b(?:alles|beides)\s+(?:stimmt|ist\s+richtig)\b|\btout\s+est\s+(?:juste|bon)\b|\btodo\s+(?:es|está)\s+(?:bien|correcto)\b"
)
_IN_OTHERS = (
    r"\b(?:das|es|so)\s+stimmt\b(?!\s+nicht)|\bist\s+(?:(?!nicht|nie)\w+\s+){0,2}(?:richtig|korrekt)\b|\bdu\s+hast\s+(?:\w+\s+)?recht\b"
    r"|(?<!pas )\bc['’]est\s+(?:(?!pas|jamais)\w+\s+){0,2}(?:juste|exact|correct|vrai)\b|\btu\s+as\s+raison\b"
    r"|(?<!no )\b(?:es|está)\s+(?:(?!no\b)\w+\s+)?(?:correct[oa]|cierto|perfecto)\b|\btienes\s+razón\b|(?<!不)正确|答对"
)
SAYS_RIGHT = re.compile(
    rf"^\W*(?:(?:oh|ah|well|ok|okay)\W+)?(?:{'|'.join(_YES)}){_END}"
    rf"|\b{_IT}{_IS}{_SURELY}(?:right|correct|true|spot[- ]on|perfect|it)\b(?!\s+if\b)|{_WHOLE}|{_IN_OTHERS}",
    re.I,
)
SAYS_ALL_RIGHT = re.compile(
    rf"{_WHOLE}|^\W*(?:exactly|precisely|perfect|perfectly|excellent|bingo){_END}"
    rf"|\b{_IT}{_IS}(?:exactly|quite|absolutely|completely|entirely|perfectly|totally|fully)\s+(?:right|correct|true|it)\b"
    rf"|^\W*(?:(?:{'|'.join(_YES)})\W+)*(?:{'|'.join(_YES)}|{_IT}{_IS}{_SURELY}(?:right|correct|true|it)|das\s+stimmt)\W*$",
    re.I,
)
SAYS_WRONG = re.compile(
    rf"^\W*(?:no|nope|wrong|incorrect|false|not\s+(?:quite|right|correct|at\s+all)|nein|falsch|non|faux|incorrecto|нет|неверно|不对|错){_END}"
    rf"|\b{_IT}{_IS}(?:\w+\s+)?(?:wrong|incorrect|false|nonsense)\b|\b{_IT}(?:{_IS}not|\s+(?:is|are)n['’]t)\s+(?:right|correct|true)\b"
    r"|\b(?:das|es)\s+(?:ist\s+(?:\w+\s+)?falsch|stimmt\s+nicht)\b",
    re.I,
)
SAYS_ALL_WRONG = re.compile(
    rf"^\W*(?:nope|wrong|incorrect|false|not\s+at\s+all|nein|falsch|faux|incorrecto|неверно|不对|错)(?=\s*(?:[,.!:;，。！]|$))"
    rf"|\b{_IT}{_IS}(?:all|completely|entirely|totally|utterly|simply|just|plain)\s+(?:wrong|incorrect|false|nonsense)\b"
    rf"|^\W*(?:no\W+)?{_IT}{_IS}(?:wrong|incorrect|false|nonsense|not\s+(?:right|correct))\W*$"
    r"|\b(?:none|nothing)\s+of\s+(?:it|this|that|what\s+you\s+\w+)\b",
    re.I,
)
_YOU_ARE = (
    r"\b(?:you(?:\s+are|['’]re|\s+must\s+be|\s+seem)|du\s+bist|tu\s+es|vous\s+êtes|(?:tú\s+)?eres|how)\s+"
    r"(?:(?!not\b|never\b)[\w’']+\s+){0,3}"
)
RUDE = re.compile(
    r"\b(?:idiot\w*|moron\w*|imbecil\w*|imbécil\w*|stupid\w*|dumb(?:ass)?|dimwit\w*|retard(?:ed)?|bullshit|shit\w*|f+u+c+k\w*|bitch\w*"
    r"|bastard\w*|assholes?|arschloch|dummkopf|trottel|depp|estúpid[oa]|connard|crétin\w*|loser|shut\s+up)\b"
    rf"|{_YOU_ARE}(?:fool\w*|lazy|hopeless|useless|worthless|ignorant|pathetic|ridiculous|clueless|incompetent|thick|slow|embarrass\w*"
    r"|disgrace\w*|failure|joke|dumm|blöd|faul|bête|nul|nulle|tonto|tonta|inútil|dim|dense|an?\s+waste)\b"
    r"|\b(?:wast(?:e|ing)\s+my\s+time|are\s+you\s+(?:blind|deaf|even\s+trying|kidding)|what(?:['’]s|\s+is)\s+wrong\s+with\s+you)\b",
    re.I,
)


def denies_grade(text: str, grade: Grade | None) -> bool:
    """Whether a sentence says of an answer that it is right or wrong, and the grade doesn't; without one, neither may be said."""
    if grade is None:
        return bool(SAYS_ALL_RIGHT.search(text))
    if grade.correct:
        return bool(SAYS_WRONG.search(text))
    if grade.score > 0 or grade.met:
        return bool(SAYS_ALL_RIGHT.search(text) or SAYS_ALL_WRONG.search(text))
    return bool(SAYS_RIGHT.search(text))
