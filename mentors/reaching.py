"""A mentor calls or texts her own youth: what is safe, or what to do instead."""

import re

from django.db import models

from cases import safety
from cases.models import SafeContact
from mlmc.core import audit


class How(models.TextChoices):
    CALL = "call", "Call"
    TEXT = "text", "Text"


class NotThisWay(Exception):
    """This is not how to reach this youth. The message says what to do instead, and is fit for the mentor."""


SCHEME = {How.CALL: "tel", How.TEXT: "sms"}
CHANNEL = {How.CALL: SafeContact.Channel.CALL, How.TEXT: SafeContact.Channel.TEXT}
INSTEAD = {
    SafeContact.Channel.TEXT: "They asked to be texted, not called.",
    SafeContact.Channel.CALL: "They asked to be called, not texted.",
    SafeContact.Channel.EMAIL: "They asked for an e-mail, not a call or a text. Your supervisor knows the address.",
    SafeContact.Channel.IN_PERSON: "They want to be met in person only. Ask where they would like to meet.",
}
NOT_YET = "Nobody has confirmed a safe number yet. Ask them in person, then write it down here."
ASK_AGAIN = "It is more than half a year since they said what is safe. Ask them again, in person, then write it down."


def offered(case, contact, *, at):
    """Which of the two buttons a mentor finds beside this youth; the tap asks everything again."""
    if case.missing_since or not safety.is_safe(contact, at=at):
        return []
    return [how for how in How if CHANNEL[how] == contact.channel and not (how == How.TEXT and contact.device_watched)]


def reach(mentorship, how, *, at):
    """The number, and when it is safe, of a mentor's own youth. Nobody's is given out on a guess."""
    audit.note(mentorship.case_id)
    audit.say(audit.VIEW, why="telephone")
    contact = SafeContact.objects.filter(youth=mentorship.case.youth_id).first()
    if mentorship.case.missing_since:
        raise NotThisWay("They are missing from care: no calls and no texts. Talk to your supervisor now.")
    if contact is None or not contact.confirmed_at or contact.channel == SafeContact.Channel.NONE:
        raise NotThisWay(NOT_YET)
    if not safety.is_safe(contact, at=at):
        raise NotThisWay(ASK_AGAIN)
    if contact.channel != CHANNEL[how]:
        raise NotThisWay(INSTEAD[contact.channel])
    if how == How.TEXT and contact.device_watched:
        raise NotThisWay("Somebody else may read this phone: no texts. Say it when you meet, or ask your supervisor.")
    if not (number := dialled(contact.number)):
        raise NotThisWay(NOT_YET)
    return f"{SCHEME[how]}:{number}", contact


def dialled(words: str) -> str:
    """The first telephone number in what was written: `617-555-0155, text after 6` gives `6175550155`."""
    found = re.search(r"\+?\d(?:[\s().-]*\d){6,14}", words)
    return re.sub(r"[^\d+]", "", found[0]) if found else ""
