"""The words and marks every page shares. Loaded as a builtin, so no template has to ask for it. Nothing here reads
the database, and everything is escaped.

Tags: {% icon "name" %} · {% chip "safety|attn|ok|info|family|" "icon" "text" %} · {% dots taken total held %} ·
{% progress done total %} · {% youth_name thing %} · {% avatar thing "s|l" %} · {% nudge "id" %} · {% nudge_of field %}
Filters: many, days, ago, due, short_when, clock, field_or_dash, lookup, first_control, initials, with_code

A name follows the reader's rights: `youth_name` and `avatar` show it only when the queryset has said
`opens_name=True` on this very object; a missing attribute means no, and the code stands in its place.
"""

import datetime
import json
import re

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from mlmc.core import audit
from mlmc.core.counting import MANY
from mlmc.core.wording import SUGGESTIONS

register = template.Library()

KINDS = {"safety", "attn", "ok", "info", "family"}
TONES = 6


def of(thing, name, default=""):
    """A fact of a model, an annotated row or a dict."""
    value = thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
    return default if value is None else value


@register.simple_tag
def icon(name):
    return format_html('<i class="bi bi-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def chip(kind, icon_name, text):
    look = f"chip chip-{kind}" if kind in KINDS else "chip"
    return format_html('<span class="{}">{}<span>{}</span></span>', look, icon(icon_name) if icon_name else "", text)


@register.simple_tag
def dots(taken, total, held=0):
    taken, total, held = int(taken or 0), int(total or 0), int(held or 0)
    label = _("%(taken)s of %(total)s places filled") % {"taken": taken, "total": total}
    if held:
        label = _("%(label)s, %(held)s held") % {"label": label, "held": held}
    marks = (
        "on" if place < taken else "hold" if place < taken + held else "" for place in range(max(total, taken + held))
    )
    return format_html(
        '<span class="dots{}" role="img" aria-label="{}">{}</span>',
        " full" if taken >= total else "",
        label,
        format_html_join("", '<i class="{}"></i>', ((mark,) for mark in marks)),
    )


@register.simple_tag
def progress(done, total):
    """How far along, as a bar without a style attribute. The same must stand beside it in words."""
    width = min(100, max(0, round(100 * int(done) / max(1, int(total)))))
    return format_html(
        '<svg class="prog" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="8"/></svg>',
        width,
    )


@register.filter
def initials(name):
    """`Amaya R.` -> `A.R.`; `Sky` -> `S.`"""
    letters = [next((c for c in word if c.isalnum()), "") for word in str(name or "").split()]
    return "".join(f"{letter.upper()}." for letter in letters if letter)[:4]


def name_open_to_reader(thing):
    """The chosen name, or an empty string when this reader may not see it or there is none. Whoever is named or coded
    on a page has been shown by it, and the trail of the request says so."""
    audit.note(of(thing, "whose", None))
    if of(thing, "opens_name") is not True:
        return ""
    return of(thing, "chosen_name") or of(of(thing, "youth", None), "chosen_name")


@register.simple_tag
def youth_name(thing):
    name = name_open_to_reader(thing)
    if not name:
        return format_html('<span class="code">{}</span>', of(thing, "code"))
    return format_html('<span class="pii" data-i="{}">{}</span>', initials(name), name)


@register.simple_tag
def avatar(thing, size=""):
    """A round mark: a person's own initials, or a youth's where the reader may see the name, else a plain figure."""
    code = str(of(thing, "code"))
    letters = initials(name_open_to_reader(thing)) if code else of(thing, "initials") or initials(of(thing, "name"))
    tone = of(thing, "tone") or sum(map(ord, code or letters)) % TONES + 1
    return format_html(
        '<span class="av t{}{}" aria-hidden="true">{}</span>',
        tone,
        f" av-{size}" if size else "",
        letters.replace(".", "")[:2] or icon("person"),
    )


def local_day(value):
    return timezone.localdate(value) if isinstance(value, datetime.datetime) else value


def days_away(value):
    """Whole days from that moment to today, in the program's calendar; a number is taken as it is."""
    if isinstance(value, datetime.timedelta):
        return value.days
    if isinstance(value, datetime.date):
        return (timezone.localdate() - local_day(value)).days
    return int(value)


@register.filter
def many(number):
    """A number of `mlmc.core.counting`: as it is, or `1,000+`."""
    return number if number <= MANY else f"{MANY:,}+"


@register.filter
def days(value):
    """A length: `today`, `1 day`, `12 days`."""
    if value is None or value == "":
        return ""
    count = abs(days_away(value))
    return _("today") if count == 0 else _("1 day") if count == 1 else _("%(count)s days") % {"count": count}


@register.filter
def ago(value):
    """A distance: `3 days ago`, `yesterday`, `today`, `tomorrow`, `in 3 days`; nothing yet is `not yet`."""
    if value is None or value == "":
        return _("not yet")
    count = days_away(value)
    near = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    if count in near:
        return near[count]
    return (_("%(count)s days ago") if count > 0 else _("in %(count)s days")) % {"count": abs(count)}


@register.filter
def short_when(value):
    """`Tue, Dec 1, 2:00 pm`; a date without the hour; the year where it is not this one."""
    if not isinstance(value, datetime.date):
        return ""
    timed = isinstance(value, datetime.datetime)
    if timed and timezone.is_aware(value):
        value = timezone.localtime(value)
    words = date_format(value, "D, M j" if value.year == timezone.localdate().year else "D, M j, Y")
    return f"{words}, {clock(value)}" if timed else words


@register.filter
def clock(value):
    """The time of day: `2:00 pm`."""
    if not isinstance(value, datetime.datetime):
        return ""
    value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value.hour % 12 or 12}:{value:%M} {'am' if value.hour < 12 else 'pm'}"


@register.filter
def due(value):
    """A promise's clock in few words: `due 2:00 pm`, `due tomorrow`, `due Dec 1`; `was due 9:00 am`, `3 days late`."""
    if not isinstance(value, datetime.date):
        return ""
    count, over = days_away(value), isinstance(value, datetime.datetime) and value < timezone.now()
    if count > 0:
        return _("%(count)s late") % {"count": days(count)}
    if count == 0:
        hour = (
            short_when(value).rpartition(", ")[2].replace(" ", "\u00a0")
            if isinstance(value, datetime.datetime)
            else _("today")
        )
        return (_("was due %(hour)s") if over else _("due %(hour)s")) % {"hour": hour}
    return _("due tomorrow") if count == -1 else _("due %(day)s") % {"day": date_format(local_day(value), "M j")}


@register.filter
def with_code(words):
    """What stands between backticks, as it is typed: `If-Match`."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words)))  # noqa: S308 (escaped before)


@register.filter
def field_or_dash(value):
    """What is known, or a dash that a screen reader reads as words."""
    if value is None or str(value).strip() == "":
        return format_html(
            '<span aria-hidden="true">–</span><span class="visually-hidden">{}</span>', _("Not known yet")
        )
    return value


@register.filter
def lookup(mapping, key):
    """One entry of a dict, or nothing: which icon belongs to which choice."""
    return mapping.get(str(key), "") if isinstance(mapping, dict) else ""


@register.filter
def first_control(field):
    """The id an error summary links to: of the field, or of the first of its choices."""
    if field.use_fieldset:
        return next((choice.id_for_label for choice in field.subwidgets if choice.id_for_label), field.auto_id)
    return field.id_for_label or field.auto_id


def nudge_box(box_id):
    return {"id": box_id, "suggestions": json.dumps(SUGGESTIONS)}


@register.inclusion_tag("components/_nudge.html")
def nudge(box_id):
    """A thought on wording beside a text box that says `data-nudge="box_id"`."""
    return nudge_box(box_id)


@register.inclusion_tag("components/_nudge.html")
def nudge_of(field):
    """The same for a form field whose widget carries `data-nudge`; nothing for all others."""
    return nudge_box(field.field.widget.attrs.get("data-nudge", ""))
