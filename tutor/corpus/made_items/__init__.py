"""Made items: questions computed from a lesson's own text, where no author has written any."""

from tutor.corpus.made_items.making import make_items

__all__ = ["make_items"]
