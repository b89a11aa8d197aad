"""A lesson's code as a script and as a notebook, by the command that writes them."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys

import pytest

LESSON = """---
title: Bread
---
# Bread

Flour and water. <!-- asked
how much water
-->

## Ratio

```python
flour = 500
print(flour * 0.7)
```

```output
350.0
```

<!-- check
assert flour == 500
-->

So 350 g of water.

```python no-run
bake(forever)
```

## Misconceptions

- **Is more yeast better?** No: it tastes of it. {#more-yeast}
  <!-- asked: should I take more yeast -->
- **Is it ready when it is brown?** Not always. {#brown-is-ready}
"""


@pytest.fixture
def bread(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "bread.md").write_text(LESSON, encoding="utf-8")
    return tmp_path / "docs"


def test_a_script_runs_and_has_each_block_below_its_heading(tutor, bread, tmp_path):
    script = tmp_path / "bread.py"
    run = tutor("export", "bread", "--to", "py", "-o", script, "--docs", bread)
    assert run.stdout == f"{script.name}: 2 blocks of bread\n"
    written = script.read_text(encoding="utf-8")
    assert "# %% Ratio\nflour = 500\nprint(flour * 0.7)\n\n# prints:\n# 350.0\n" in written
    assert "# bake(forever)" in written and "assert" not in written
    assert subprocess.run([sys.executable, script], capture_output=True, text=True).stdout == "350.0\n"


def test_a_notebook_has_the_text_the_code_and_what_it_prints_without_what_is_hidden(tutor, bread):
    run = tutor("export", "bread", "--to", "ipynb", "--docs", bread)
    notebook = json.loads(run.stdout)
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    assert kinds == ["markdown", "code", "markdown", "markdown", "markdown"]
    code = notebook["cells"][1]
    assert "".join(code["source"]) == "flour = 500\nprint(flour * 0.7)" and code["outputs"][0]["text"] == ["350.0\n"]
    text = "".join("".join(cell["source"]) for cell in notebook["cells"])
    assert "So 350 g of water." in text and "```python\nbake(forever)" in text
    assert not any(hidden in text for hidden in ("how much water", "assert", "{#", "title:", "350.0\n", "should I take"))
    assert "- **Is more yeast better?** No: it tastes of it.\n- **Is it ready" in text


def test_an_export_is_written_again_but_no_other_file_is_overwritten(tutor, bread, tmp_path):
    file = tmp_path / "bread.ipynb"
    command = ("export", "bread", "--to", "ipynb", "-o", file, "--docs", bread)
    assert (tutor(*command).returncode, tutor(*command).returncode) == (0, 0)
    refused = tutor(*command[:5], bread / "bread.md", *command[6:])
    assert refused.returncode == 2 and "found a file that is no export of a lesson" in refused.stderr


def test_a_lesson_without_python_is_told(tutor, bread):
    (bread / "water.md").write_text("# Water\n\nWet.\n", encoding="utf-8")
    run = tutor("export", "water", "--to", "py", "--docs", bread)
    assert run.returncode == 5 and "found no Python" in run.stderr


def test_a_plot_is_a_picture_in_a_notebook_and_no_part_of_a_script(tutor, bread):
    (bread / "loaf.md").write_text(
        "# Loaf\n\n```python plot\n{'bars': {'rye': 2}}\n```\n\n```plot\nbars: {rye: 2}\n```\n\nText.\n\n"
        "```plot\ntitle: Rising\nx: {from: 0, to: 1}\ncurves: x**2\n```\n",
        encoding="utf-8",
    )
    notebook = json.loads(tutor("export", "loaf", "--to", "ipynb", "--docs", bread).stdout)
    prose = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    pictures = re.findall(r"!\[([^]]+)\]\(data:image/svg\+xml;base64,([^)]+)\)", "\n".join(prose))
    assert len(pictures) == 2 and "Rising" in pictures[1][0] and "rises from 0 at x = 0 to 1 at 1" in pictures[1][0]
    assert all(base64.b64decode(picture).startswith(b"<svg ") for _, picture in pictures)
    assert not any("curves" in text for text in prose)
    script = tutor("export", "loaf", "--to", "py", "--docs", bread).stdout
    assert "{'bars': {'rye': 2}}" in script and "prints" not in script


def test_code_to_try_has_its_knobs_set_to_what_they_are_first(tutor, bread):
    (bread / "sum.md").write_text(
        "# Loaf\n\n```try\ntitle: A sum\nknobs: {n: [1, 9, 3], share: {choose: [0.5, 1]}}\ncode: |\n  print(n * share)\n"
        'shown:\n  n = 3, share = 0.5: "1.5"\n```\n\n```try\nknobs: {n: [1, 9, 3]}\nplot:\n  bars: {rye: n}\n```\n',
        encoding="utf-8",
    )
    script = tutor("export", "sum", "--to", "py", "--docs", bread).stdout
    assert script.endswith("""\
# %% Loaf
# A sum
n = 3  # a whole number from 1 to 9
share = 0.5  # 0.5 or 1
print(n * share)

# prints:
# 1.5
""")
    cells = json.loads(tutor("export", "sum", "--to", "ipynb", "--docs", bread).stdout)["cells"]
    code = next(cell for cell in cells if cell["cell_type"] == "code")
    assert code["outputs"][0]["text"] == ["1.5\n"]
