"""Where a page of a list begins."""

import pytest

from artbot_server.errors import BadRequest
from artbot_server.web.fields import parse
from artbot_server.web.http.cursors import Page, cursor_of, place_of


@pytest.mark.parametrize("place", [(1795315586.874014, "b7bd1c90-7aa2"), (0.1, "a"), (1795315586.0, "x_y-z")])
def test_a_cursor_names_its_place(place):
    assert place_of(cursor_of(*place)) == place
    assert parse(Page, {"before": cursor_of(*place)}).place == place


def test_the_first_page_begins_nowhere():
    page = parse(Page, {})
    assert (page.place, page.limit) == (None, 30)


def test_a_query_is_text():
    assert parse(Page, {"limit": "7"}).limit == 7


@pytest.mark.parametrize("before", ["", "x", "1.5", "1.5_", "_a", "1e9_a", "1.5_a b", "1.5_" + "a" * 65, "1.5_é\0"])
def test_another_text_is_no_cursor(before):
    with pytest.raises(BadRequest) as raised:
        parse(Page, {"before": before})
    assert raised.value.detail["field"] == "before"
