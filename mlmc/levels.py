"""How much harm each column can do, in one place. A test fails for a model that is not here, for words without a
level of their own, and for P0 or P1 words that are not sealed; `manage.py data_map` prints it as a table.

P0: disclosure can get a child hurt. P1: sensitive. P2: internal. OPEN: anybody may know it. `rest` is for what is no
words: ids, dates, numbers, links and choices from short lists; those are kept by policies, whatever their level.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from mlmc.core.crypto import EncryptedTextField

P0, P1, P2, OPEN = "P0", "P1", "P2", "open"
WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField, EncryptedTextField)

CODED = "codes from short lists; matching compares them, and policies keep them"
BLIND = "a blind index: it finds, and cannot be read"
HASHED = "a hash: it cannot be turned back"


@dataclass(frozen=True)
class Levels:
    """The levels of one model's fields. `plain` says why a P0 or P1 field is not sealed."""

    rest: str
    p0: str = ""
    p1: str = ""
    p2: str = ""
    open: str = ""
    plain: dict = field(default_factory=dict)

    def named(self):
        """{field: level} of those that are named."""
        by_level = ((P0, self.p0), (P1, self.p1), (P2, self.p2), (OPEN, self.open))
        return {name: level for level, names in by_level for name in names.split()}

    def of(self, name):
        return self.named().get(name, self.rest)

    def why_plain(self, name):
        return next((why for names, why in self.plain.items() if name in names.split()), "")


CHOSEN = "languages interests backgrounds experiences wishes hard_nos"
LEVELS = {
    "contenttypes.ContentType": Levels(OPEN, open="app_label model"),
    "auth.Permission": Levels(OPEN, open="name codename"),
    "auth.Group_permissions": Levels(OPEN),
    "auth.Group": Levels(OPEN, open="name"),
    "core.Team": Levels(P2, p2="name"),
    "core.User": Levels(P2, p1="password", p2="email name roles hints_hidden", plain={"password": HASHED}),
    "core.RoleRequest": Levels(P2, p2="role"),
    "core.Invitation": Levels(P2, p1="token_hash", plain={"token_hash": HASHED}),
    "core.OutboxRow": Levels(P2, p2="kind about"),
    "core.ProgramRow": Levels(P2, p1="mail_password", p2="kind settings"),
    "core.SettingChange": Levels(P2, p2="name before after"),
    "core.Attempt": Levels(P2, p1="key", p2="kind", plain={"key": BLIND}),
    "core.Import": Levels(
        P2,
        p0="columns",
        p1="file_hash",
        p2="kind mapping problem",
        plain={"file_hash": BLIND},
    ),
    "core.ImportRow": Levels(
        P1,
        p0="cells reasons",
        p1="fingerprint made",
        plain={"fingerprint": BLIND, "made": "ids alone, which open nothing"},
    ),
    "core.ImportColumn": Levels(P2, p1="heading", p2="kind field", plain={"heading": BLIND}),
    "core.Integration": Levels(P2, p1="key_hash", p2="roles scopes", plain={"key_hash": HASHED}),
    "core.KeptAnswer": Levels(
        P1,
        p0="body",
        p1="key_hash asked_hash thing",
        p2="headers",
        plain={"key_hash asked_hash": HASHED, "thing": "an id alone, which opens nothing"},
    ),
    "core.Backup": Levels(P2, p2="name problem copied_to"),
    "core.Heartbeat": Levels(OPEN, open="name"),
    "core.AuditEntry": Levels(
        P1, p1="scope record cases", p2="act what why", plain={"scope record cases": "ids alone, which open nothing"}
    ),
    "core.Change": Levels(
        P1,
        p0="old",
        p1="row_id about fields",
        p2="table_name",
        plain={"old": "what was sealed stays so", "row_id about fields": "ids and names of columns, no words"},
    ),
    "core.ExitRequest": Levels(P2, p1="why", p2="folder problem"),
    "core.Export": Levels(P2, p1="what", p2="kind form problem"),
    "core.FurtherLook": Levels(P2, p1="words"),
    "core.Session": Levels(P2, p1="key_hash data", p2="device", plain={"key_hash": HASHED}),
    "core.Passkey": Levels(P2, p1="handle credential name", plain={"handle": BLIND}),
    "core.AuthenticatorApp": Levels(P2, p1="secret"),
    "core.RecoveryCode": Levels(P2, p1="code_hash", plain={"code_hash": HASHED}),
    "core.KnownDevice": Levels(P2, p1="token_hash", p2="words", plain={"token_hash": HASHED}),
    "core.KeyCheck": Levels(P2, p2="name proof"),
    "cases.Access": Levels(P1, p2="why"),
    "cases.Wall": Levels(P1),
    "cases.Case": Levels(P1),
    "cases.CaseEvent": Levels(P1, p1="note", p2="what"),
    "cases.Contact": Levels(P1, p1="note"),
    "cases.Emergency": Levels(P1, p1="reason finding"),
    "cases.Youth": Levels(
        P1,
        p0="chosen_name born_on guardian worker school_contact",
        p1=f"pronouns about_age background_words custody {CHOSEN}",
        p2="code",
        plain={CHOSEN: CODED},
    ),
    "cases.Identity": Levels(P0, p0="legal_name aliases phones addresses school earlier_number"),
    "cases.LookupKey": Levels(P0, p0="value", plain={"value": BLIND}),
    "cases.SafeContact": Levels(P0, p0="number hours words"),
    "cases.SafetyNeed": Levels(P0, p0="words plain lifted_why"),
    "cases.Relation": Levels(P0),
    "cases.Agency": Levels(OPEN, open="name"),
    "cases.AgencyProgram": Levels(P2),
    "cases.AgencyContact": Levels(P2, p1="name phone email"),
    "cases.Referral": Levels(
        P1,
        p0="received_text first_name last_name also_known_as born_on phone town living_with safety_words why"
        " missing_words",
        p1="referrer referrer_phone referrer_email pronouns about_age languages custody filed_51a consent_words"
        " strengths reason source_key",
        p2="receipt needs",
        plain={"languages": CODED, "source_key": BLIND},
    ),
    "cases.ReferralLink": Levels(P0, p2="reasons"),
    "mentors.Accompaniment": Levels(P1, p0="place wish_why"),
    "mentors.Concern": Levels(P1, p0="words", p1="resolution"),
    "mentors.Leave": Levels(P2),
    "mentors.Cover": Levels(P1),
    "mentors.Mentor": Levels(
        P2,
        p1="languages areas backgrounds experiences interests",
        p2="title",
        plain={"languages areas backgrounds experiences interests": CODED},
    ),
    "mentors.Mentorship": Levels(P1, p2="first_place_kind"),
    "mentors.Meeting": Levels(P1, p0="words", p1="topics", plain={"topics": CODED}),
    "matching.Criterion": Levels(P2, p2="code label"),
    "matching.Exclusion": Levels(P1, p1="why"),
    "matching.Match": Levels(
        P1, p1="rationale candidates reasons", plain={"candidates reasons": "ids and codes of reasons, no words"}
    ),
    "outcomes.Instrument": Levels(OPEN, open="code definition"),
    "outcomes.Wave": Levels(OPEN),
    "outcomes.Respondent": Levels(P1, p2="code cohort"),
    "outcomes.FollowUp": Levels(P1, p2="why_missed"),
    "outcomes.SurveyLink": Levels(P1, p1="token_hash", plain={"token_hash": HASHED}),
    "outcomes.Response": Levels(P1),
    "outcomes.Answer": Levels(P1, p1="value", p2="item"),
    "outcomes.ReportSnapshot": Levels(P2, p2="cohort figures"),
}


def is_words(column):
    """Whether it can hold what somebody said; a choice from a short list cannot."""
    return isinstance(column, WORDS) and not column.choices


def rows():
    """The data map: (model, field, level, how it is kept, why it is not sealed), for every column there is."""
    for model in apps.get_models(include_auto_created=True):
        levels = LEVELS[model._meta.label]
        for column in model._meta.local_concrete_fields:
            kept = "sealed" if isinstance(column, EncryptedTextField) else "plain"
            yield model._meta.label, column.name, levels.of(column.name), kept, levels.why_plain(column.name)
