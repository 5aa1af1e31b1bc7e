"""What the API says of itself: OpenAPI 3.1, and the same in an order a person reads."""

import json
from functools import cache

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from mlmc.core.api.problems import KNOWN
from mlmc.core.api.scopes import THINGS, needed
from mlmc.core.api.views import Api
from mlmc.core.models.integrations import AGENCY

METHODS = ("get", "post")
TITLES = {tag: words for tag, (words, _) in THINGS.items()} | {AGENCY: "Of an agency", "index": "What there is"}


@cache
def schema():
    """Of the program as it stands, so it is made once, and in the same order by every process."""
    said = SchemaGenerator(api_version="1").get_schema(request=None, public=True)
    return said | {"paths": {path: dict(sorted(methods.items())) for path, methods in said["paths"].items()}}


class DescriptionApi(Api):
    """Whoever has a key may read what can be asked."""

    pages = frozenset()

    @extend_schema(exclude=True)
    def list(self, request):
        return Response(schema())


def chapters():
    """[(title, [operation, …]), …]: each with what stands about it in the schema."""
    found = {}
    for path, methods in schema()["paths"].items():
        for method in METHODS:
            if method in methods:
                said = methods[method]
                found.setdefault(said["tags"][0], []).append(operation(method, path, said))
    return [(TITLES[tag], tag, found[tag]) for tag in found]


def operation(method, path, said):
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [one["value"] for one in body.get("examples", {}).values()]
    tag = said["tags"][0]
    return {
        "method": method.upper(),
        "path": path,
        "id": said["operationId"],
        "words": said.get("description", ""),
        "parameters": [one for one in said.get("parameters", []) if one["in"] != "path"],
        "fields": list(fields_of(body.get("schema", {}))),
        "example": json.dumps(examples[0], indent=2) if examples else "",
        "scope": needed(tag, method.upper()) if tag in THINGS or tag == AGENCY else "",
        "returned": list(fields_of(answered(said))),
        "answers": [(code, answer["description"]) for code, answer in sorted(said["responses"].items()) if code < "4"],
        "problems": [code for code in sorted(said["responses"]) if code >= "4"],
    }


def answered(said):
    """What comes back when it went well; of a list, what each of its results is."""
    good = next((answer for code, answer in sorted(said["responses"].items()) if code < "3"), {})
    shape = good.get("content", {}).get("application/json", {}).get("schema", {})
    results = resolved(shape).get("properties", {}).get("results", {})
    return results.get("items", shape)


def fields_of(shape):
    """(name, what it is, whether it has to be there, help) of a body."""
    known = resolved(shape)
    for name, inner in known.get("properties", {}).items():
        words = inner.get("description", "")
        words = "" if words.startswith("* `") else words  # a list of its codes, which `kind_of` names
        yield name, kind_of(inner), name in known.get("required", ()), words


def resolved(shape):
    name = shape.get("$ref", "").rpartition("/")[2]
    return schema()["components"]["schemas"][name] if name else shape


def kind_of(shape):
    one = resolved((shape.get("allOf") or shape.get("oneOf") or [shape])[0])
    if "enum" in one:
        return ", ".join(str(value) for value in one["enum"] if value not in (None, ""))
    kind = one.get("format") or one.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else kind


def problems():
    return [(word, code, title) for word, (code, title) in KNOWN.items()]
