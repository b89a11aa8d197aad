"""Excerpts: the part of a section that is about something."""

from __future__ import annotations

from tutor.prompts.excerpts import excerpt

SECTION = """\
**Yeast eats sugar.** It breathes out carbon dioxide.

<!-- asked
what does yeast eat
-->

Salt slows yeast down, and too much of it kills yeast.

```python
print("bubbles")
```

Warm dough rises faster, because the yeast works faster in it.

Flour holds the gas in bubbles.
"""


def test_a_short_section_is_given_whole_without_its_comments():
    assert excerpt(SECTION, "salt", 1_000) == SECTION.replace("<!-- asked\nwhat does yeast eat\n-->\n\n", "").strip()


def test_code_is_left_out_where_it_is_not_wanted():
    assert 'bubbles")' not in excerpt(SECTION, "salt", 1_000, with_code=False)


def test_of_a_long_section_its_beginning_and_what_is_asked_about_are_given_in_their_order():
    assert excerpt(SECTION, "Why does warmer dough rise?", 140) == (
        "**Yeast eats sugar.** It breathes out carbon dioxide.\n\n…\n\n"
        "Warm dough rises faster, because the yeast works faster in it.\n\n…"
    )


def test_the_beginning_is_given_however_long_it_is():
    assert excerpt(SECTION, "salt", 10).startswith("**Yeast eats sugar.**") and excerpt("", "salt", 10) == ""
