"""How a view turns an id in the URL into an object the user may see, and who may open a page at all."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from mlmc.core.door import gate
from mlmc.core.postgres.looking import WouldChange, only_looking

SAFE = {"GET", "HEAD", "OPTIONS"}


def visible_or_404(queryset, user, **lookup):
    """An object the user may not see does not exist for them: 404, never 403."""
    return get_object_or_404(queryset.visible_to(user), **lookup)


def only(*roles):
    """A page for people who hold one of these roles; for anybody else it is 403."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.only_roles = frozenset(roles)
        return guarded

    return guard


def fresh_factor(view=None, *, reading=True):
    """A page that opens only to somebody who proved a second factor within the last five minutes; they are asked
    for it, and what they typed is not lost. With `reading=False` looking is free, and only changing asks: a form with
    a mistake is shown with it first, and where the view would write the database stops it and the question comes. So
    such a view does nothing else, a letter or a file, before its first statement; and a verb whose refusal tells more
    than its page, of a wall or a code, begins with `before_an_answer_tells()`.

    Below `only`: whoever may not open the page at all is not asked.
    """

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not (reading or request.method not in SAFE) or not gate.needs_proof(request):
                return view(request, *args, **kwargs)
            if reading:
                return gate.ask_for_proof(request)
            try:
                with only_looking():
                    return view(request, *args, **kwargs)
            except WouldChange:
                return gate.ask_for_proof(request)

        guarded.asks_for_proof = True
        return guarded

    return guard(view) if view else guard
