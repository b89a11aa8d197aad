"""The measure of growth tells a linear function from a quadratic one."""

from __future__ import annotations

import pytest
from growth import assert_linear


def test_linear_work_passes_and_quadratic_work_does_not():
    assert_linear(sorted, lambda size: list(range(size)), 50_000)
    with pytest.raises(AssertionError, match="not linear"):
        assert_linear(lambda numbers: [a for a in numbers for b in numbers if a is b], lambda size: list(range(size)), 200)
