"""What is asked, in which words, and what is made of it: the data of an instrument, never written in code."""

from dataclasses import dataclass
from functools import cached_property

from outcomes.models import Instrument

LANGUAGES = {"en": "English", "es": "Español"}
YES, NO, PREFER_NOT = "yes", "no", "prefer_not"
DRAFT = "draft, not yet approved by the survivor council"


@dataclass(frozen=True)
class Item:
    """One question, in both languages."""

    code: str
    kind: str
    outcome: str | None
    data: dict
    definition: dict

    def text(self, language):
        return self.data["text"][language]

    def hint(self, language):
        return self.data["hint"][language] if self.data["hint"] else ""

    def why(self, language):
        about = next((it for it in self.definition["outcomes"] if it["code"] == self.outcome), None)
        return (about["why"] if about else self.definition["words"]["why_other"])[language]

    def choices(self, language):
        """(value, words), in the order they stand on the page."""
        if self.kind == "scale":
            return [
                (str(n), it[language]) for n, it in enumerate(self.definition["scales"][self.data["words"]], start=1)
            ]
        words = self.definition["words"]
        return [(value, words[value][language]) for value in (YES, NO, PREFER_NOT)]

    def signals_danger(self, value):
        return value in self.data["danger"]


class Questions:
    """An instrument's definition, ready to ask from."""

    def __init__(self, definition):
        self.definition = definition

    @cached_property
    def items(self):
        return [Item(it["code"], it["kind"], it["outcome"], it, self.definition) for it in self.definition["items"]]

    @cached_property
    def by_code(self):
        return {item.code: item for item in self.items}

    @property
    def outcomes(self):
        return self.definition["outcomes"]

    @property
    def scoring(self):
        return self.definition["scoring"]

    def words(self, language, **known):
        """Every word of the youth's pages; what stands in braces is filled in."""
        facts = {"count": len(self.items), "minutes": self.definition["minutes"], **known}
        return {name: _filled(it[language], facts) for name, it in self.definition["words"].items()}


def _filled(text, facts):
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def newest():
    return Instrument.objects.filter(code="followup").latest("version")


def questions(instrument):
    return Questions(instrument.definition)


def standing(instrument):
    """Whether the survivor council stands behind these words."""
    return f"version {instrument.version}, " + (
        "approved by the survivor council" if instrument.approved_at else DRAFT
    )
