"""Codes of places and industries in words."""

from __future__ import annotations

import pytest

from docgen.record.classification import find_division, name_division, name_region


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("320312", "徐州市铜山区"),
        ("320300", "徐州市"),
        ("320000", "江苏省"),
        ("110101", "北京市东城区"),
        ("429004", "仙桃市"),
        ("999999", ""),
        ("3203", ""),
        ("", ""),
    ],
)
def test_region_is_named_with_its_city(code: str, name: str) -> None:
    assert name_region(code) == name


@pytest.mark.parametrize(
    ("code", "division"), [("3595", "35"), ("35", "35"), ("C3595", "35"), ("C", ""), ("98", ""), ("x", ""), ("", "")]
)
def test_division_is_the_first_two_digits(code: str, division: str) -> None:
    assert find_division(code) == division


def test_every_division_has_a_name() -> None:
    assert name_division("35") == "专用设备制造业"
    assert all(name_division(f"{number:02}") for number in range(1, 98))
    assert name_division("98") == ""
