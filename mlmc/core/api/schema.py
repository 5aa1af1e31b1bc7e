"""How an address describes itself in OpenAPI: its problems, its pages, its keys, beside what it takes and gives."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, inline_serializer
from rest_framework import serializers

from mlmc.core.api.fields import Serializer
from mlmc.core.api.problems import KNOWN, TYPE

DONE = {"200": "As it stands, and the name of that state in ETag.", "201": "Made; Location says where it is."}
PAGE = "One page, and the address of the next."


class ErrorShape(serializers.Serializer):
    """Where in the body something is the matter, as a JSON pointer, and what."""

    pointer = serializers.CharField()
    detail = serializers.CharField()


class ProblemShape(serializers.Serializer):
    """What went wrong (RFC 9457). `errors` with 422, `current` and `yours` with 412, `error_id` with 500."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ErrorShape(many=True, required=False)
    current = serializers.JSONField(required=False)
    yours = serializers.JSONField(required=False)
    error_id = serializers.CharField(required=False)

    class Meta:
        ref_name = "Problem"


class Bearer(OpenApiAuthenticationExtension):
    target_class = "mlmc.core.api.door.ByKey"
    name = "key"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A key made on the page “Programs that may ask”."}


class Described(AutoSchema):
    def get_override_parameters(self):
        found = [*super().get_override_parameters()]
        if self.is_page():
            after = "Where the last page ended: from its `next`."
            found += [OpenApiParameter("after", str, description=after), LIMIT]
        if self.method == "POST":
            found.append(ONCE_NEEDED if self.view.action in self.view.once_only else ONCE)
        if self.is_edit():
            found.append(MATCH)
        return found

    def get_tags(self):
        return [self.view.thing or "index"]  # what describes is about no thing

    def get_operation_id(self):
        return f"{self.view.basename}_{self.view.action}".replace("-", "_")

    def get_description(self):
        known = getattr(self.view, self.view.action).__doc__ or type(self.view).__doc__ or ""
        return " ".join(known.split())

    def get_examples(self):
        """One body that works, of whatever says one of itself; a test sends it."""
        takes = self.get_request_serializer()
        example = getattr(takes, "example", None)
        return [OpenApiExample("It works", value=example, request_only=True)] if example is not None else []

    def _is_list_view(self, serializer=None):
        """A list says so by its shape."""
        return isinstance(serializer or self.get_response_serializers(), serializers.ListSerializer)

    def is_page(self):
        return self.view.action in self.view.pages

    def is_edit(self):
        return self.view.action in self.view.edits

    def _map_basic_serializer(self, serializer, direction):
        shape = super()._map_basic_serializer(serializer, direction)
        return shape | {"additionalProperties": False} if isinstance(serializer, Serializer) else shape

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for code, said in bodies.items():
            said["description"] = said["description"] or self.words_of(code)
        problem = self.resolve_serializer(ProblemShape, direction).ref
        for code in self.problems():
            title = next(title for status, title in KNOWN.values() if status == code)
            bodies[str(code)] = {"description": f"{title}.", "content": {TYPE: {"schema": problem}}}
        return bodies

    def words_of(self, code):
        """Only one thing has a state with a name."""
        if code == "200" and (self.is_page() or "{id}" not in self.path):
            return PAGE if self.is_page() else "Done." if self.method == "POST" else "As it stands."
        return DONE[code]

    def problems(self):
        found = {400, 401, 403, 406, 429}
        found |= {404} if "{id}" in self.path else set()
        found |= {409, 413, 415, 422} if self.method == "POST" else set()
        found |= {412, 428} if self.is_edit() else set()
        found |= {428} if self.view.action in self.view.once_only else set()
        return sorted(found)


LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, description="How many at most."
)
ONCE, ONCE_NEEDED = (
    OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]+$"},
        OpenApiParameter.HEADER,
        required=needed,
        description="A new one for each thing you do. Sent again within a day: done once, and answered as it was.",
    )
    for needed in (False, True)
)
MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the state you read. If somebody changed it since, nothing is done and both are told.",
)


def page_of(line):
    """The shape of one page of a list."""
    fields = {"results": line(many=True), "next": serializers.URLField(allow_null=True)}
    return inline_serializer(f"{line.__name__}Page", fields)
