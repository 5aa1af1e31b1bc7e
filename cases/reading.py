"""How the words of an agency become fields. It reads and never guesses; what it doubts it says by a code of NEEDS."""

import datetime
import re

from django.utils import timezone

from cases import birth, codes
from cases.acceptance import WATCHED
from cases.models import Referral

# What the columns of a referral file are called, the name we use first. Small letters, only letters and digits.
COLUMNS = {
    "row": ["row", "id", "rowid", "no", "nr"],
    "received": ["received", "receivedat", "datereceived", "receiveddate", "receivedon", "timestamp"],
    "via": ["via", "channel", "how", "source"],
    "referrer": ["referrer", "referredby", "worker", "caseworker", "referrername"],
    "agency": ["agency", "office", "organization", "organisation"],
    "phone": ["phone", "referrerphone", "workerphone", "telephone"],
    "email": ["email", "referreremail", "workeremail"],
    "first": ["first", "firstname", "given", "givenname"],
    "last": ["last", "lastname", "surname", "familyname"],
    "aka": ["aka", "alsoknownas", "nickname", "alias", "aliases", "preferredname"],
    "dob_raw": ["dobraw", "dob", "dateofbirth", "birthdate", "born"],
    "age_raw": ["ageraw", "age"],
    "gender_raw": ["genderraw", "gender", "pronouns"],
    "language": ["language", "languages", "lang"],
    "town": ["town", "city", "area", "region"],
    "living_with": ["livingwith", "placement", "livingsituation", "home"],
    "custody": ["custody", "legalcustody"],
    "f51a": ["f51a", "51a", "filed51a", "report51a"],
    "missing": ["missing", "missingfromcare", "awol"],
    "safety_raw": ["safetyraw", "safety", "safetynotes", "safetywords"],
    "consent_raw": ["consentraw", "consent"],
    "why": ["why", "narrative", "concern", "concerns", "notes", "reason"],
    "strengths": ["strengths"],
}
NAME_OF = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}

VIA = [
    ("email", r"e-?mail"),
    ("fax", r"fax"),
    ("web", r"web|online|portal"),
    ("phone", r"phone|call|voicemail|tel\b"),
]
NO = re.compile(r"no\b|not\b|n\b|none|neg|false|0$|home\b|n/?a\b", re.I)
YES = re.compile(r"y\b|yes|true|1$|missing|since|awol|ran\b|whereabouts", re.I)
SHORT_LANGUAGES = {"eng": "en", "span": "es", "esp": "es", "español": "es", "haitian": "ht", "creole": "ht"} | {
    "kreyol": "ht",
    "port": "pt",
    "cape": "cv",
    "kriolu": "cv",
    "viet": "vi",
    "chinese": "zh",
    "asl": "ase",
}
AREA_WORDS = {"dot": "dorchester", "rox": "roxbury", "jp": "boston", "jamaica": "boston", "hyde": "boston"} | {
    "eastie": "boston",
    "southie": "boston",
    "allston": "boston",
    "brighton": "boston",
    "charlestown": "boston",
}
GUARDIAN = re.compile(r"\b(mom|mother|dad|father|parents?|gm|grand\w+|guardian|aunt|uncle|kin)\b", re.I)
INTERPRETER = re.compile(r"\binterpret\w*|\b(spanish|creole|portuguese|vietnamese|khmer|translat\w+)\s+form\b", re.I)
KNOWN_BEFORE = re.compile(r"\b(was|formerly|used to be|previously|prior|w/ you|with you|with us|known to)\b", re.I)
MOMENTS = [
    f"{day}{gap}{hour}"
    for day in (
        "%Y-%m-%d",
        "%m/%d/%Y",
        "%m/%d/%y",
        "%d/%m/%Y",
        "%m-%d-%Y",
        "%Y/%m/%d",
        "%b %d, %Y",
        "%B %d, %Y",
        "%d %b %Y",
    )
    for gap, hour in (
        (" ", "%H:%M"),
        (" ", "%H:%M:%S"),
        (" ", "%I:%M %p"),
        (" ", "%I:%M%p"),
        (", ", "%H:%M"),
        ("", ""),
    )
]


class Unreadable(Exception):
    """A value without which there is no referral. The message says what to mend and never repeats the value."""

    def __init__(self, column, reason):
        super().__init__(reason)
        self.column, self.reason = column, reason


def moment(words, *, at):
    """When it was received, in the program's time zone. The promises run from here, so it is never guessed."""
    words = " ".join(words.split())
    if not words:
        raise Unreadable("received", "When it was received is missing, for example 2026-03-02 16:52.")
    read = iso(words) or next(filter(None, (strict(words, pattern) for pattern in MOMENTS)), None)
    if read is None or not 2000 <= read.year <= 2199:
        raise Unreadable("received", "This is no date we can read. Write it like 2026-03-02 16:52.")
    if timezone.is_naive(read):
        read = timezone.make_aware(read)
    if read > at:
        raise Unreadable("received", "This is in the future. Write when it was received, like 2026-03-02 16:52.")
    return read


def iso(words):
    try:
        return datetime.datetime.fromisoformat(words.replace("Z", "+00:00") if words.endswith("Z") else words)
    except ValueError:
        return None


def strict(words, pattern):
    try:
        return datetime.datetime.strptime(words, pattern)
    except ValueError:
        return None


def channel(words):
    found = [name for name, pattern in VIA if re.search(pattern, words, re.I)]
    return found[0] if found else Referral.Channel.OTHER


def languages(words):
    """The languages of the youth; what stands in brackets is about somebody else."""
    own = re.findall(r"[^\W\d_]+", re.sub(r"\(.*?\)", " ", words).casefold())
    known = {word.split()[0].casefold(): code for code, word in codes.LANGUAGES.items()} | SHORT_LANGUAGES
    return list(dict.fromkeys(known[word] for word in own if word in known))


def area(words):
    said = re.findall(r"[^\W\d_]+", words.casefold())
    found = [AREA_WORDS[word] for word in said if word in AREA_WORDS]
    found += [word for word in said if word in codes.AREAS and word != "boston"]
    return found[0] if found else "boston" if "boston" in said else ""


def pronouns(words):
    found = re.search(r"\b(she/her|he/him|they/them|she/they|he/they|ze/hir)\b", words, re.I)
    return found[0].lower() if found else ""


def missing(words):
    words = words.strip()
    if not words or re.fullmatch(r"[?\-–]+|unk\w*", words, re.I):
        return Referral.YesNo.UNKNOWN
    if NO.match(words) and not re.search(r"not (back|returned|located|found)|whereabouts", words, re.I):
        return Referral.YesNo.NO
    return Referral.YesNo.YES  # any other word at all: a missing youth who is not flagged is the worse mistake


def read(row, *, at):
    """The parsed fields of one row of named values, and `needs`. Raises Unreadable."""

    def said(name):
        return row.get(name, "").strip()

    received_at = moment(said("received"), at=at)
    on = timezone.localdate(received_at)
    born = birth.read(said("dob_raw"), said("age_raw"), on=on)
    is_self = said("referrer").casefold() in ("self", "herself", "himself", "themself", "themselves", "youth")
    return {
        "channel": channel(said("via")),
        "received_at": received_at,
        "referrer": said("referrer"),
        "referrer_phone": said("phone"),
        "referrer_email": said("email"),
        "first_name": said("first"),
        "last_name": said("last"),
        "also_known_as": said("aka"),
        "pronouns": pronouns(said("gender_raw")),
        "born_on": born.born_on,
        "born_precision": born.precision,
        "about_age": born.about_age,
        "phone": said("phone") if is_self else "",
        "languages": languages(said("language")),
        "area": area(said("town")),
        "town": said("town"),
        "living_with": said("living_with"),
        "custody": said("custody"),
        "filed_51a": said("f51a"),
        "missing": missing(said("missing")),
        "missing_words": said("missing") if missing(said("missing")) == Referral.YesNo.YES else "",
        "safety_words": said("safety_raw"),
        "consent_words": said("consent_raw"),
        "why": said("why"),
        "strengths": said("strengths"),
        "needs": [*born.doubts, *doubts(said)],
    }


def doubts(said):
    if WATCHED.search(said("safety_raw")):
        yield "device_watched"
    bracket = re.search(r"\(.*?\)", said("language"))
    spoken = " ".join((bracket[0] if bracket else "", said("safety_raw"), said("consent_raw")))
    if (bracket and GUARDIAN.search(bracket[0])) or INTERPRETER.search(spoken):
        yield "guardian_language"
    if KNOWN_BEFORE.search(said("aka")):
        yield "old_name"
