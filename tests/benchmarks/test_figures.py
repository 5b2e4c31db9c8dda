import pytest

from benchmarks.figures import groups, middle, ms, quantile, ratio, shown

ROWS = [
    {"round": 1, "system": "Art Bot", "load": "heavy", "cpu": 20.0},
    {"round": 1, "system": "Node", "load": "heavy", "cpu": 80.0},
    {"round": 2, "system": "Art Bot", "load": "heavy", "cpu": 60.0},
    {"round": 2, "system": "Node", "load": "heavy", "cpu": 100.0},
    {"round": 2, "system": "Art Bot", "load": "steady", "cpu": 70.0},
]
OURS = {"system": "Art Bot", "load": "heavy"}


def test_a_quantile_is_one_of_the_values():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [quantile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1.0, 3.0, 5.0, 5.0]
    assert quantile([], 0.5) is None


def test_milliseconds():
    assert ms(0.012345678) == 12.35
    assert ms(None) is None


def test_figures_are_as_exact_as_they_can_be_meant():
    assert [shown(value, 2) for value in (0.456, 12.3, 99.999, 100.04, 12345.6, None)] == [
        "0.46", "12.30", "100.00", "100", "12,346", "",
    ]  # fmt: skip


def test_what_was_measured_is_named_once():
    assert groups(ROWS, ("system", "load")) == [("Art Bot", "heavy"), ("Node", "heavy"), ("Art Bot", "steady")]


def test_the_middle_of_the_rounds():
    assert middle(ROWS, OURS, "cpu") == 40.0
    assert middle(ROWS, OURS, "memory") is None


def test_a_ratio_is_of_the_same_round():
    assert ratio(ROWS, OURS, "cpu", {"system": "Node"}) == pytest.approx((0.25 + 0.6) / 2)
    assert ratio(ROWS, {"system": "Node", "load": "heavy"}, "cpu", {"system": "Node"}) == 1.0


def test_without_the_other_there_is_no_ratio():
    assert ratio(ROWS, OURS | {"load": "steady"}, "cpu", {"system": "Node"}) is None
    nothing = [{"round": 1, "system": "Node", "cpu": 0.0}, {"round": 1, "system": "Art Bot", "cpu": 1.0}]
    assert ratio(nothing, {"system": "Art Bot"}, "cpu", {"system": "Node"}) is None
