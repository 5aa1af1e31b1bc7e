"""Youth of earlier records, from a file: each gets a code, and is found again by *recognise* when they come back."""

from django.utils import timezone

from cases import acceptance, birth, codes, reading, recognise
from cases.models import Identity, LookupKey, Precision, SafeContact, SafetyNeed, Wall, Youth
from cases.recognise import Kind as KeyKind
from mlmc.core.bringing import columns
from mlmc.core.bringing.columns import Column, Unclear
from mlmc.core.bringing.kinds import Kind
from mlmc.core.context import on_duty
from mlmc.core.crypto import blind_index
from mlmc.core.models import Role

OLDEST = 80  # years
NOT_BORN = (None, Precision.UNKNOWN)
ANY_NAME = ("chosen_name", "first", "last")


def born(words):
    """(day, how precise), month first where it could be read both ways, as the agencies here write."""
    if birth.NOTHING.fullmatch(words):
        return NOT_BORN
    today = timezone.localdate()
    readings, _ = birth.readings_of(words, today)
    for day, precision in readings:
        if today.year - OLDEST <= day.year and day <= today:
            return day, precision
    raise Unclear("Write a birth date, or its month or year, like 2009-04-17, 2009-04 or 2009.")


def known(read, words_for):
    """What `reading` makes of some words; where that is nothing, the words it knows are said."""

    def reads(words):
        if found := read(words):
            return found
        raise Unclear(f"Write one of: {', '.join(words_for.values())}.")

    return reads


def youth_columns():
    return [
        Column("number", "Number in your records", columns.text(40), also=("number", "nr", "no", "id", "code"),
               examples=("A-17", "A-18"), hint="By it other files say whom they mean."),
        Column("chosen_name", "Chosen name", columns.text(80), also=("preferred name", "goes by", "name"),
               examples=("Kezi", "")),
        Column("first", "First name", columns.text(80), also=("first", "given name"), examples=("Keziah", "Micah")),
        Column("last", "Last name", columns.text(80), also=("last", "surname", "family name"),
               examples=("Okafor", "Perrin")),
        Column("also", "Other names", columns.text(200), also=("aka", "aliases", "nickname", "also known as")),
        Column("born", "Birth date", born, empty=NOT_BORN, also=("dob", "born", "date of birth"),
               examples=("2009-04-17", "2010-11"), hint="Or its month or year; 4/9/2009 is April 9."),
        Column("phone", "Phone", columns.text(60), also=("telephone", "cell"), examples=("617-555-0155", "")),
        Column("pronouns", "Pronouns", columns.text(40), examples=("they/them", "")),
        Column("languages", "Languages", known(reading.languages, codes.LANGUAGES), empty=list, also=("language",),
               examples=("English; Spanish", "English")),
        Column("area", "Area", known(reading.area, codes.AREAS), also=("town", "city", "region"),
               examples=("Lynn", "")),
        Column("school", "School", columns.text(120)),
        Column("safety", "Safety words", columns.paragraphs(4000), also=("safety", "safety notes", "safety needs"),
               examples=("Text only, after 6", ""), hint="Kept as they are until a person confirms them."),
    ]  # fmt: skip


def key_of(number):
    return blind_index(number, column=f"lookup.{KeyKind.OWN}")


@on_duty("welcome")
def youth_called(words, *, by):
    """{words: Youth} of those who have such a code here, or had such a number in the file they came in. Whom a wall
    keeps from this person is nobody."""
    walled = Wall.objects.filter(user=by).values("youth")
    by_code = Youth.objects.filter(code__in={word.upper() for word in words}).exclude(pk__in=walled)
    by_code = {one.code: one for one in by_code}
    keys = {word: key_of(word) for word in words if word.upper() not in by_code}
    rows = numbered(keys.values(), by=by).select_related("youth").order_by("-youth")  # the first with a number has it
    by_key = {bytes(row.value): row.youth for row in rows}
    found = {word: by_code.get(word.upper()) or by_key.get(keys.get(word)) for word in words}
    return {word: one for word, one in found.items() if one}


def numbered(keys, *, by):
    """The numbers that youth came with. Somebody who is kept from a youth is not told that they are here: a second
    record with that number waits to be recognised by others."""
    walled = Wall.objects.filter(user=by).values("youth")
    return LookupKey.objects.filter(kind=KeyKind.OWN, value__in=set(keys)).exclude(youth__in=walled)


@on_duty("welcome")
def weigh(lines, *, by, at):
    keys = {key_of(line.values["number"]) for line in lines if line.values["number"]}
    here = {bytes(value) for value in numbered(keys, by=by).values_list("value", flat=True)}
    before = set()
    for line in lines:
        said = line.values
        if not any(said[name] for name in ANY_NAME):
            line.refuse("first", "A name is missing: a chosen name, or a first or last name.")
        if said["number"]:
            key = key_of(said["number"])
            if key in before:
                line.refuse("number", "An earlier row of this file has this number.")
            elif key in here:
                line.refuse("number", "A youth with this number is here already.")
            before.add(key)
        line.words = words_of(said)


def words_of(said):
    """Enough to see whether the columns are the right ones, and no name."""
    names = [said["chosen_name"]] if said["chosen_name"] else [said["first"], said["last"]]
    letters = "".join(f"{word[0].upper()}." for name in names for word in name.split())
    day, precision = said["born"]
    born = (
        {Precision.DAY: f"{day}", Precision.MONTH: f"{day:%Y-%m}", Precision.YEAR: f"{day:%Y}"}[precision]
        if day
        else ""
    )
    known = [
        letters,
        f"born {born}" if born else "birth date not known",
        said["number"] and f"number {said['number']}",
    ]
    return f"A new code for {', '.join(filter(None, known))}"


@on_duty("welcome")
def make(lines, *, by, at):
    """No case and nobody's access: a record that waits to be recognised, or for the mentorship it belongs to."""
    youth, identities, contacts, needs = [], [], [], []
    for line, code in zip(lines, acceptance.next_codes(len(lines)), strict=True):
        one = youth_of(line.values, code)
        line.made = [one.pk]
        youth.append(one)
        identities.append(identity_of(line.values, one))
        contacts.append(contact_of(line.values, one))
        if words := line.values["safety"]:
            needs.append(SafetyNeed(youth=one, kind=acceptance.kind_of(words), words=words, received_at=at))
    Youth.objects.bulk_create(youth)
    Identity.objects.bulk_create(identities)
    SafeContact.objects.bulk_create(contacts)
    SafetyNeed.objects.bulk_create(needs)
    people = [(one, recognise.of_youth(one)) for one in youth]
    LookupKey.objects.bulk_create(row for one, person in people for row in recognise.key_rows(person, youth=one))


def youth_of(said, code):
    born_on, precision = said["born"]
    return Youth(
        code=code,
        chosen_name=said["chosen_name"] or said["first"] or recognise.NO_NAME,
        pronouns=said["pronouns"],
        born_on=born_on,
        born_precision=precision,
        languages=said["languages"],
        area=said["area"],
    )


def identity_of(said, youth):
    """It stays on the youth in memory, where the keys they are found by are made of it."""
    youth.identity = Identity(
        youth=youth,
        legal_name=f"{said['first']} {said['last']}".strip(),
        aliases=said["also"],
        phones=said["phone"],
        school=said["school"],
        earlier_number=said["number"] or None,
    )
    return youth.identity


def contact_of(said, youth):
    """No channel is safe until they have said so here."""
    watched = bool(acceptance.WATCHED.search(said["safety"]))
    return SafeContact(youth=youth, number=said["phone"], words=said["safety"], device_watched=watched)


@on_duty("welcome")
def take_back(ids, *, by, at):
    """Whoever has a case by now stays: the database refuses it."""
    for model in (LookupKey, SafetyNeed, SafeContact, Identity):
        model.objects.filter(youth__in=ids).delete()
    Youth.objects.filter(pk__in=ids).delete()


YOUTH = Kind(
    name="youth",
    label="Youth",
    about="Youth you have met before, and those you are with now. When they are referred again, intake is told.",
    icon="person-lines-fill",
    may=(Role.DIRECTOR, Role.INTAKE),
    columns=youth_columns,
    weigh=weigh,
    make=make,
    take_back=take_back,
    order=2,
)
KINDS = [YOUTH]
