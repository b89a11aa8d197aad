"""Try blocks: a plot or a program of a lesson with knobs that the learner turns.

`tries_of` finds them in Markdown, `read_try` makes a Try of the YAML of one, and `outcome` says what it shows at a setting.
"""

from tutor.corpus.tries.blocks import tries_of
from tutor.corpus.tries.outcomes import TryOutcome, can_run, outcome
from tutor.corpus.tries.reading import read_try
from tutor.corpus.tries.spec import Knob, KnobError, Try, setting_in_words

__all__ = [
    "Knob", "KnobError", "Try", "TryOutcome", "can_run", "outcome", "read_try", "setting_in_words", "tries_of",
]  # fmt: skip
