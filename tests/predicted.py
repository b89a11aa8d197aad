"""A small question on what a program prints, with and without what it prints."""

SUM = """\
  - id: sum
    section: yeast
    kind: predict
    question: What does this print?
    code: |
      total = 0
      for x in [1, 2, 3]:
          total += x
          print(total)
"""
PRINTS = "    prints: |\n      1\n      3\n      6\n"
