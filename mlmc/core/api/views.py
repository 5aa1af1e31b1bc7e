"""The base of every address of the API: a key, a scope, a role; then `visible_to`, and the verb the pages use."""

import json
from functools import partial

from django.db.models import Model
from django.http import Http404
from django.utils import timezone
from rest_framework import parsers, renderers
from rest_framework.exceptions import ParseError
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from mlmc.core import audit, harvest
from mlmc.core.api import once
from mlmc.core.api.door import ByKey, entered
from mlmc.core.api.edits import check, etag_of
from mlmc.core.api.pages import page
from mlmc.core.api.problems import Problem, answer
from mlmc.core.api.scopes import SAFE, needed

EVERYBODY = frozenset()


class ByScope(BasePermission):
    """The one place where a scope is asked for."""

    def has_permission(self, request, view):
        wanted = needed(view.thing, request.method) if view.thing else None  # what only describes needs none
        if wanted and wanted not in request.auth.scopes:
            raise Problem("not-yours", f"This key has no scope {wanted}.")
        return True


class ByRole(BasePermission):
    """As `only` does for a page: an action of a view says which roles it is for."""

    def has_permission(self, request, view):
        wanted = view.roles_of(view.action)
        if wanted and not request.user.has_role(*wanted):
            raise Problem("not-yours", "None of this key's roles does that here.")
        return True


class Json(renderers.JSONRenderer):
    charset = None


class Body(parsers.JSONParser):
    """JSON that can be said back: not too deep, and without a number or half a character that no JSON holds."""

    def parse(self, *args, **kwargs):
        try:
            data = super().parse(*args, **kwargs)
            json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        except (RecursionError, ValueError):
            raise ParseError from None
        return data


class Api(GenericViewSet):
    """One thing. `thing` is the word of its scopes, `roles` who comes here as {action: roles} with "" for the rest;
    `reads` shows one, `by` is the clock its list goes by."""

    thing, reads, lists, by, newest_first = "", None, None, "", False
    roles = {"": EVERYBODY}
    opens_a_youth = frozenset()  # actions about one youth, which count for the hour
    pages, edits = frozenset({"list"}), frozenset()  # actions that show a page, or change what was read
    once_only = frozenset()  # actions that do not go without an Idempotency-Key
    about_nothing = frozenset()  # actions whose answer shows no thing of ours, so that its words may be kept
    each_once = frozenset()  # actions whose parts have a key each: sent again they find what they made
    authentication_classes, permission_classes = [ByKey], [ByScope, ByRole]
    renderer_classes, parser_classes = [Json], [Body]
    http_method_names = ["get", "head", "post"]
    lookup_value_converter = "uuid"
    kept = None

    @classmethod
    def as_view(cls, *args, **kwargs):
        """Without a key it is the door that acts, whoever is signed in in this browser: see `entered`."""
        view = super().as_view(*args, **kwargs)
        view.acts_as = "door"
        return view

    def dispatch(self, request, *args, **kwargs):
        """Who asks is known, and the answer is rendered, inside: what is shown is shown by their rights."""
        self.now = timezone.now()
        with entered(request):
            response = super().dispatch(request, *args, **kwargs)
            if self.kept is not None and response.status_code < 400:
                once.keep(self.kept, response, thing=self.thing_of(response))
            if request.method not in SAFE and response.status_code < 400:
                audit.say(audit.noted().act or audit.WRITE, why=audit.noted().why)
            return response.render()

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.action in self.opens_a_youth:
            self.count_youth(kwargs["pk"])
        kept = None if self.action in self.each_once else once.begin(request._request)
        if kept is None and self.action in self.once_only:
            raise Problem("say-once", "Send an Idempotency-Key, so that what is sent twice is done once.")
        if kept is not None and kept.code:
            self.post = partial(self.again, kept)  # instead of doing it
        else:
            self.kept = kept

    @property
    def may_read(self):
        return needed(self.thing, "GET") in self.request.auth.scopes

    def thing_of(self, response):
        return None if self.action in self.about_nothing else self.kwargs.get("pk") or response.data["id"]

    def again(self, kept, request, **kwargs):
        """It was done before. How it stands is shown as to anybody who reads it now: by the rights of now, with its
        line in the trail."""
        if self.action in self.about_nothing:
            response = Response(json.loads(kept.body))
        else:  # a key that may only write is told what it was told before
            response = self.shown_again(kept) if self.may_read else Response({"id": str(kept.thing)})
        audit.say(audit.VIEW, why="sent again, and not done again")
        response.status_code = kept.code
        for name, value in {**kept.headers, "Idempotency-Replayed": "true"}.items():
            response[name] = value
        return response

    def shown_again(self, kept):
        try:
            return self.retrieve(self.request, pk=kept.thing)
        except Http404:
            raise Problem("not-found", "This was done. What it was done to is nothing you may see now.") from None

    def get_exception_handler(self):
        return answer

    def get_serializer_class(self):
        return self.reads

    def roles_of(self, action):
        return self.roles.get(action, self.roles.get("", EVERYBODY))

    def count_youth(self, pk):
        """A program that opens one youth after another is stopped as a colleague is; it can give no reason."""
        others, is_open, _ = harvest.opened_lately(self.request.user, record=pk, at=self.now)
        if harvest.is_too_many(self.request.user.roles, others=others, is_open=is_open, reasons=0):
            raise Problem("too-many", "Very many youth within one hour. Ask again later.", wait=3600)

    # Showing

    def page(self, rows, *, by=None, newest_first=None, reads=None):
        newest_first = self.newest_first if newest_first is None else newest_first
        found, following = page(self.request, rows, by=by or self.by, newest_first=newest_first)
        return Response({"results": self.said(found, reads or self.lists or self.reads), "next": following})

    def one(self, thing, *, status=200, headers=None, reads=None):
        """A thing and the name of its state."""
        data = self.said(thing, reads or self.reads)
        return Response(data, status=status, headers={"ETag": etag_of(data), **(headers or {})})

    def said(self, things, reads):
        """As its reader may see it. Whose records they are stands in the trail."""
        for thing in [things] if isinstance(things, Model) else things:
            audit.note(self.whose(thing))
        many = not isinstance(things, Model)
        return reads(things, many=many, context={"request": self.request}).data

    def whose(self, thing):
        return getattr(thing, "whose", None)

    # Taking in

    def cleaned(self, takes):
        form = takes(data=self.request.data, context={"request": self.request})
        form.is_valid(raise_exception=True)
        return form

    def unchanged(self, thing, reads=None):
        """That nobody has changed it since this program read it."""
        check(self.request, self.said(thing, reads or self.reads), may_read=self.may_read)
