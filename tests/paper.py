"""A page as a browser reads it: its title, its addresses, and its forms with what a person would send from them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {
    "date": "2026-01-28",
    "datetime-local": "2026-01-28T12:00",
    "email": "robin@example.org",
    "tel": "617-555-0142",
    "number": "1",
}
BUTTONS = ("submit", "button", "image", "reset")


@dataclass
class OneForm:
    action: str
    method: str
    values: dict = field(default_factory=dict)  # name -> what is sent unless somebody types something else
    kinds: dict = field(default_factory=dict)  # name -> text, textarea, radio, select, date …


class Page(HTMLParser):
    def __init__(self, words):
        super().__init__(convert_charrefs=True)
        self.title, self.addresses, self.forms, self.metas, self.shown = "", [], [], [], {}
        self.form = self.area = self.choosing = None
        self.in_title = False
        self.feed(words)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        at = {
            name: attrs[name] for name in ("href", "src", "action", "formaction", "hx-get", "hx-post") if name in attrs
        }
        self.addresses += [value or "" for value in at.values()]
        self.addresses += [value or "" for name, value in attrs.items() if name.endswith("-url")]
        if tag == "title":
            self.in_title = True
        elif tag == "meta":
            self.metas.append(attrs)
        elif tag == "form":
            self.form = OneForm(attrs.get("action") or "", attrs.get("method", "get").lower())
            self.forms.append(self.form)
        elif tag in ("input", "textarea", "select", "option", "button"):
            getattr(self, tag)(attrs)

    def keep(self, name, kind, value):
        if self.form is not None and name:
            self.form.kinds.setdefault(name, kind)
            self.form.values.setdefault(name, value)

    def input(self, attrs):
        name, kind = attrs.get("name"), attrs.get("type", "text")
        value = attrs.get("value") or ""
        if kind in BUTTONS:
            return
        if kind in ("radio", "checkbox"):
            if kind == "radio":
                self.keep(name, kind, value)
            elif self.form is not None:
                self.form.kinds.setdefault(name, kind)
            if "checked" in attrs and self.form is not None:
                self.form.values[name] = value
            return
        self.shown.setdefault(name, value)
        self.keep(name, kind, value or TYPED.get(kind, "Robin"))

    def textarea(self, attrs):
        self.area = attrs.get("name")
        self.shown[self.area] = ""
        self.keep(self.area, "textarea", "Robin and Sky")

    def select(self, attrs):
        self.choosing = attrs.get("name")
        self.keep(self.choosing, "select", "")

    def option(self, attrs):
        name, value = self.choosing, attrs.get("value") or ""
        if self.form is not None and name and value and not self.form.values.get(name):
            self.form.values[name] = value

    def button(self, attrs):
        """Which button was pressed is not sent: what is refused without it is refused in words."""

    def handle_endtag(self, tag):
        if tag == "title":
            self.in_title = False
        elif tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.choosing = None

    def handle_data(self, words):
        if self.in_title:
            self.title += words
        if self.area is not None:
            self.shown[self.area] += words
