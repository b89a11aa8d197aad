"""What is made of a folder of Markdown without banks: how much of it is asked about, and a sample to read and judge.

    python benchmarks/made_items.py FOLDER... [--count 100] [--seed 7]

Whether a question is fair only a reader can tell. Count one as poor if it has a second right option, if its place in the
text is needed to understand it, if its form gives it away, or if it asks for nothing worth knowing.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def main() -> None:
    from tutor.corpus import lessons, made_items
    from tutor.corpus.bank import shown_answer
    from tutor.corpus.corpus import open_corpus
    from utils.errors import InvalidFile
    from utils.text import sanitize

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    made, kinds, sections, asked, characters, taken = [], Counter(), 0, 0, 0, 0.0
    for folder in options.folders:
        corpus = open_corpus(folder)
        for lesson_id in corpus.ids():
            try:
                text = corpus.lesson_text(lesson_id)
                lesson = lessons.parse_lesson(text, lesson_id, corpus.path_of(lesson_id))
            except InvalidFile:
                continue
            begun = time.perf_counter()
            items = made_items.make_items(lesson)
            taken += time.perf_counter() - begun
            characters += len(text)
            made += items
            kinds.update(item.kind for item in items)
            sections += sum(len(section.text) > 300 for section in lesson.sections)
            asked += len({item.section for item in items})
    print(f"{len(made):,} items ({', '.join(f'{count:,} {kind}' for kind, count in kinds.most_common())}) "
          f"about {asked:,} sections, where {sections:,} are longer than 300 characters; "
          f"{characters / max(taken, 1e-9) / 1e6:.2f} million characters a second")  # fmt: skip
    for number, item in enumerate(random.Random(options.seed).sample(made, min(options.count, len(made))), 1):
        question = item.question.replace("\n\n", "\n    ")
        print(f"\n{number}. {item.path}:{item.line} #{item.section}\n    {sanitize(question)}")
        for option in item.options:
            print(f"      {'*' if option.right else ' '} {sanitize(option.text)}")
        if not item.options:
            print(f"      = {sanitize(shown_answer(item))}")


if __name__ == "__main__":
    main()
