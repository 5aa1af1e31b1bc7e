"""The first address: which things there are, where, and what this key may do with each."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from mlmc.core.api import problems
from mlmc.core.api.scopes import THINGS, needed
from mlmc.core.api.views import Api


class ThingShown(serializers.Serializer):
    """One thing, its address, and what this key asks for: `read`, `write`, both or neither."""

    words = serializers.CharField()
    address = serializers.URLField()
    may = serializers.ListField(child=serializers.ChoiceField(["read", "write"]))


class ProblemNamed(serializers.Serializer):
    """One kind of problem: the `type` by which a program knows it."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()


class IndexShown(serializers.Serializer):
    things = ThingShown(many=True)
    description = serializers.URLField(help_text="OpenAPI 3.1, with a key.")
    pages = serializers.URLField(help_text="The same to read, for whoever signs in here and makes keys.")
    problems = ProblemNamed(many=True)


class IndexApi(Api):
    """`things` is [(name of its list, word of its scopes), …]."""

    reads, things = IndexShown, ()

    @extend_schema(responses=IndexShown)
    def retrieve(self, request):
        """What there is, where, what this key may do with each, and what problems there are. Any key reads it."""
        return Response(
            {
                "things": [self.told(name, thing) for name, thing in self.things],
                "description": reverse("api:openapi", request=request),
                "pages": reverse("integrations:docs", request=request),
                "problems": problems.every(),
            }
        )

    def told(self, name, thing):
        may = [word for word, method in (("read", "GET"), ("write", "POST")) if self.has_scope(thing, method)]
        words = THINGS[thing][0] if thing in THINGS else "What an agency sent"
        return {"words": words, "address": reverse(f"api:{name}-list", request=self.request), "may": may}

    def has_scope(self, thing, method):
        return needed(thing, method) in self.request.auth.scopes
