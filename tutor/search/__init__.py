"""Search: the sections of a corpus that speak about a question, best first.

words.py says what is compared, pieces.py cuts a lesson into what is indexed, index.py keeps it in the cache folder,
excerpts.py shows what was found, bulk.py answers many. passages.py looks through the sections of one lesson without an index.
"""

from tutor.search.bulk import answer_lines, document
from tutor.search.excerpts import listing
from tutor.search.index import Index, open_index
from tutor.search.passages import closest_section

__all__ = ["Index", "answer_lines", "closest_section", "document", "listing", "open_index"]
