"""A case's timeline, newest first, twenty lines at a time, as lines a page can draw."""

from django.db.models import Q

from mlmc.core.templatetags.ui import short_when

PAGE = 20
# What begins a line's words -> icon and tone. A line of another app gets the plain mark.
MARKS = [
    ("contact: reached", "telephone", "ok"),
    ("contact: tried", "telephone-x", ""),
    ("accepted", "door-open", "ok"),
    ("came back", "arrow-repeat", "family"),
    ("with a mentor", "heart", "family"),
    ("waiting", "hourglass-split", "info"),
    ("directed", "signpost-split", "info"),
]


def page(case, *, before=None):
    """Lines of one page, and the line behind which the next begins."""
    events = case.events.select_related("by").order_by("-at", "-pk")
    mark = case.events.filter(pk=before).values_list("at", "pk").first() if before else None
    if mark:
        events = events.filter(Q(at__lt=mark[0]) | Q(at=mark[0], pk__lt=mark[1]))
    events = list(events[: PAGE + 1])
    shown = events[:PAGE]
    return [entry(event) for event in shown], shown[-1].pk if len(events) > PAGE else None


def entry(event):
    icon, tone = next(((icon, tone) for words, icon, tone in MARKS if event.what.startswith(words)), ("dot", ""))
    return {
        "icon": icon,
        "tone": tone,
        "when": short_when(event.at),
        "who": event.by.short_name if event.by else "",
        "title": event.what[:1].upper() + event.what[1:],
        "text": event.note,
    }
