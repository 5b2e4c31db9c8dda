"""The description of the HTTP API: valid, whole, and true to the table of routes."""

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from artbot_server.web.fields import Query, Request
from artbot_server.web.http import ROUTES
from artbot_server.web.http.openapi import document
from artbot_server.web.http.routes import Route

DOCUMENT = document(ROUTES)


class Thing(Request):
    """Something."""

    name: str
    size: int = 1


class Which(Query):
    """Which one."""

    near: float
    limit: int = 3


class Found(BaseModel):
    """What there is."""

    things: list[str]


def act(services, call):
    """Only to be described."""


def described(method="GET", path="/things", **more):
    route = Route(method, path, act, "What it does.", **{"answer": Found} | more)
    return document([route])["paths"][re.sub(r"<.*?(\w+)>", r"{\1}", path)][method.lower()]


def test_the_document_is_openapi_31():
    assert DOCUMENT["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_says_what_it_does_and_answers(route):
    assert re.fullmatch(r"[A-Z].*[.]", route.about), "one sentence"
    assert route.answer is not None or route.also, "the shape of its answer, or its media types"
    told = DOCUMENT["paths"][re.sub(r"<(?:[^:>]*:)?(\w+)>", r"{\1}", route.path)][route.method.lower()]
    assert told["summary"] == route.about
    assert set(told["responses"]) == {str(route.status), "4XX", "5XX"}
    assert told["responses"][str(route.status)]["content"]
    assert told["responses"]["4XX"] == told["responses"]["5XX"] == {"$ref": "#/components/responses/error"}
    assert ("security" in told) == route.operator


def test_a_server_below_a_path_says_so():
    assert document([], "/art")["servers"] == [{"url": "/art"}]
    assert DOCUMENT["servers"] == [{"url": "/"}]


def test_no_two_shapes_have_one_name():
    shapes = {shape for route in ROUTES for shape in (route.body, route.answer) if shape is not None}
    names = [shape.__name__ for shape in shapes]
    assert sorted(names) == sorted(set(names)), "the document knows a shape by its name alone"


def test_every_shape_that_is_named_is_there():
    named = set(re.findall(r'"#/components/(\w+)/(\w+)"', json.dumps(DOCUMENT)))
    assert len(named) > 10
    for kind, name in named:
        assert name in DOCUMENT["components"][kind]


def test_no_two_routes_have_one_name():
    names = [told["operationId"] for item in DOCUMENT["paths"].values() for told in item.values()]
    assert len(names) == len(set(names)) == len(ROUTES)


def test_every_area_says_what_it_is():
    for tag in DOCUMENT["tags"]:
        assert len(tag["description"]) > 20


def test_a_body_is_json_and_needed_where_a_field_is():
    told = described("POST", body=Thing)["requestBody"]
    assert told["required"] is True
    assert told["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    assert "requestBody" not in described()


def test_a_form_has_its_fields_and_files():
    told = described("POST", body=Thing, files=("image",))["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(told["properties"]) == {"name", "size", "image"}
    assert told["properties"]["image"] == {"type": "string", "format": "binary"}
    assert told["required"] == ["name"]


def test_places_in_the_address_are_parameters():
    told = described(path="/things/<path:thing_id>")["parameters"]
    assert told == [{"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}]
    (which,) = document([Route("GET", "/things/<any(big, small):size>", act, "It.", answer=Found)])["paths"].values()
    assert which["get"]["parameters"][0]["schema"]["enum"] == ["big", "small"]


def test_a_query_is_a_list_of_parameters():
    near, limit = described(query=Which)["parameters"]
    assert (near["name"], near["in"], near["required"], near["schema"]["type"]) == ("near", "query", True, "number")
    assert (limit["name"], limit["required"], limit["schema"]["default"]) == ("limit", False, 3)


def test_other_media_types_stand_beside_json():
    told = described(also=("text/event-stream",), status=201)["responses"]["201"]["content"]
    assert set(told) == {"application/json", "text/event-stream"}


def test_the_operators_routes_want_the_key():
    assert described(operator=True)["security"] == [{"operator": []}]
    assert "security" not in described()
