"""The HTTP API as an OpenAPI 3.1 document, made from the table of routes and their typed requests and answers. Pure.

What a route is for stands in its table; what all have in common (who one is, errors) stands here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

from openapi_pydantic import (
    Components,
    Header,
    Info,
    MediaType,
    OpenAPI,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Response,
    Schema,
    SecurityScheme,
    Server,
    Tag,
    schema_validate,
)
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel

from artbot_server import __version__
from artbot_server.web.fields import Request
from artbot_server.web.http.records import ErrorAnswer
from artbot_server.web.http.routes import Route

ABOUT = """\
Art Bot turns a few plain words, Chinese or English, into pictures.

Every answer in JSON holds `ok: true` beside its fields; every error is `{"ok": false, "error": {code, message, detail}}`.
A caller is a session: send its token as `Authorization: Bearer`. Without one each call is a session of its own, whose token
comes back in the header `X-Artbot-Session`.
"""
SESSION, ACCESS, OPERATOR = "session", "access", "operator"
JSON = "application/json"
_PLACE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<of>[^)]*)\))?:)?(?P<name>\w+)>")
"""A value in a path as Flask writes it: `<job_id>`, `<path:template>`, `<any(a, b):which>`."""


def document(routes: Iterable[Route], root: str = "/") -> dict[str, Any]:
    """The description of these routes as JSON values; `root`: the path that stands before all of theirs."""
    paths: dict[str, PathItem] = {}
    tags: dict[str, Tag] = {}
    for route in routes:
        item = paths.setdefault(_written(route.path), PathItem())
        setattr(item, route.method.lower(), _operation(route))
        tags.setdefault(_area(route), Tag(name=_area(route), description=sys.modules[route.act.__module__].__doc__))
    described = OpenAPI(
        openapi="3.1.1",
        info=Info(title="Art Bot", version=__version__, description=ABOUT),
        servers=[Server(url=root)],
        tags=list(tags.values()),
        paths=paths,
        security=[{SESSION: []}, {}],
        components=Components(
            securitySchemes={
                SESSION: SecurityScheme(type="http", scheme="bearer", description="A session's token."),
                ACCESS: _key("X-Artbot-Access", "ARTBOT_ACCESS_KEY, where the server has one."),
                OPERATOR: _key("X-Artbot-Operator", "ARTBOT_OPERATOR_KEY, for whoever runs the server."),
            },
            headers={"session": Header(description="The caller's new token.", param_schema=Schema(type="string"))},
            responses={"error": _error()},
        ),
    )
    complete = construct_open_api_with_schema_class(described)
    return complete.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)


def _operation(route: Route) -> Operation:
    told = _reference("responses/error")
    return Operation(
        tags=[_area(route)],
        summary=route.about,
        operationId=re.sub(r"\W+", "_", f"{route.method.lower()}{_written(route.path)}").strip("_"),
        parameters=[*_in_path(route.path), *_in_query(route.query)] or None,
        requestBody=_body(route),
        responses={str(route.status): _answer(route), "4XX": told, "5XX": told},
        security=[{OPERATOR: []}] if route.operator else None,
    )


def _written(path: str) -> str:
    """A path in OpenAPI's notation."""
    return _PLACE.sub(r"{\g<name>}", path)


def _area(route: Route) -> str:
    return route.act.__module__.rpartition(".")[2]


def _in_path(path: str) -> list[Parameter | Reference]:
    return [
        _parameter("path", found["name"], {"type": "string", **_choices(found["of"])}, required=True)
        for found in _PLACE.finditer(path)
    ]


def _choices(of: str | None) -> dict[str, Any]:
    return {"enum": re.findall(r"\w+", of)} if of else {}


def _in_query(query: type[Request] | None) -> list[Parameter | Reference]:
    told = query.model_json_schema() if query else {}
    return [
        _parameter("query", name, schema, required=name in told.get("required", ()))
        for name, schema in told.get("properties", {}).items()
    ]


def _parameter(where: str, name: str, schema: dict[str, Any], *, required: bool) -> Parameter:
    return Parameter.model_validate({"name": name, "in": where, "required": required, "schema": schema})


def _reference(to: str) -> Reference:
    return Reference.model_validate({"$ref": f"#/components/{to}"})


def _body(route: Route) -> RequestBody | None:
    if route.files or route.form:
        told: dict[str, Any] = route.body.model_json_schema() if route.body else {"type": "object", "properties": {}}
        told["properties"] |= {name: {"type": "string", "format": "binary"} for name in route.files}
        return RequestBody(
            content={"multipart/form-data": MediaType(media_type_schema=schema_validate(told))}, required=True
        )
    if route.body is None:
        return None
    return RequestBody(content={JSON: _shape(route.body)}, required=_has_required(route.body))


def _has_required(body: type[Request]) -> bool:
    return any(field.is_required() for field in body.model_fields.values())


def _answer(route: Route) -> Response:
    content = {media: MediaType() for media in route.also}
    if route.answer is not None:
        content[JSON] = _shape(route.answer)
    headers = {"X-Artbot-Session": _reference("headers/session")}
    return Response(description="Done.", content=content, headers=headers)


def _error() -> Response:
    about = "What went wrong: 4XX where the caller can mend it, 5XX where this server, the model or the painter failed."
    return Response(description=about, content={JSON: _shape(ErrorAnswer)})


def _key(header: str, about: str) -> SecurityScheme:
    return SecurityScheme.model_validate({"type": "apiKey", "in": "header", "name": header, "description": about})


def _shape(model: type[BaseModel]) -> MediaType:
    return MediaType(media_type_schema=PydanticSchema(schema_class=model))
