"""How a view turns an id in the URL into an object the user may see, and who may open a page at all."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404


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
