"""What `check` has to say about lessons and banks, computed from their texts alone.

`rules` names the rules, `texts` looks at a lesson's Markdown, `banks` at its items, `code` at what its blocks printed,
`mending` puts right what is mechanical.
"""

from utils.linting.banks import bank_findings
from utils.linting.code import output_is_wrong, run_findings
from utils.linting.mending import tidied, tidying, with_outputs
from utils.linting.rules import RULES, Rule, finding
from utils.linting.texts import Links, anchors, circles, lesson_findings, line_findings

__all__ = [
    "RULES", "Links", "Rule", "anchors", "bank_findings", "circles", "finding", "lesson_findings", "line_findings",
    "output_is_wrong", "run_findings", "tidied", "tidying", "with_outputs",
]  # fmt: skip
