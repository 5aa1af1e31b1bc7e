"""Who may read which row, written a second time and without the ORM: plain rows, plain Python, from the access matrix.

`Oracle(rows, now).readable(table, user)` gives the ids a person reads; the policies have to say the same.
"""

from datetime import timedelta

OPEN = {"received", "needs_information", "in_review", "exception_review"}
LIVED = {"beginning", "weekly", "fortnightly", "monthly", "as_wanted", "family"}
WORKS = {"intake", "assessment", "supervisor", "case_manager", "on_call", "cover", "break_glass", "practice"}
NAMES = WORKS | {"mentor"}
ANY = NAMES | {"support", "asked"}
HANDS = {"supervisor", "on_call", "cover", "break_glass"}
READERS = HANDS | {"practice"}
WHOLE = ANY - {"mentor", "intake", "assessment", "asked"}
ASKS = {"mentor", "case_manager", "supervisor", "cover"}
EVERYBODY = {
    "core_user",
    "core_team",
    "core_heartbeat",
    "core_programrow",
    "core_attempt",
    "core_keycheck",
    "cases_agency",
    "matching_criterion",
    "outcomes_instrument",
    "outcomes_wave",
}


class Oracle:
    def __init__(self, rows, now):
        """`rows`: {table: [row as a dict]}; `now`: the moment of asking."""
        self.rows, self.now = rows, now
        self.by_id = {table: {row["id"]: row for row in found if "id" in row} for table, found in rows.items()}

    def readable(self, table, user):
        """The rows of a table this person may read, of a table any of whose rows somebody may read."""
        if table in EVERYBODY:
            return list(self.rows[table])
        rule = getattr(self, table, None)
        return [row for row in self.rows[table] if rule and rule(row, user)]

    # What somebody holds

    def held(self, user, kinds):
        for row in self.rows["cases_access"]:
            for_them = row["user_id"] == user["id"] or row["role"] in user["roles"]
            begun = row["begins"] <= self.now + timedelta(minutes=1)
            ended = row["until"] is not None and row["until"] <= self.now
            in_force = for_them and begun and not ended and row["as_what"] in kinds
            if in_force and not self.walled(user, self.youth_of(row["case_id"])):
                yield row["case_id"]

    def holds(self, user, case, kinds):
        return case in set(self.held(user, kinds))

    def holds_youth(self, user, youth, kinds):
        return youth in {self.youth_of(case) for case in self.held(user, kinds)}

    def walled(self, user, youth):
        return any(row["user_id"] == user["id"] and row["youth_id"] == youth for row in self.rows["cases_wall"])

    def youth_of(self, case):
        return self.by_id["cases_case"][case]["youth_id"]

    def case_of_referral(self, referral):
        return next((row["id"] for row in self.rows["cases_case"] if row["referral_id"] == referral), None)

    def is_mentor(self, user, mentor):
        return self.by_id["mentors_mentor"][mentor]["user_id"] == user["id"]

    def has(self, user, *roles):
        return not set(roles).isdisjoint(user["roles"])

    # cases

    def cases_access(self, row, user):
        if self.walled(user, self.youth_of(row["case_id"])):
            return False
        own = row["user_id"] == user["id"] or row["role"] in user["roles"]
        return own or self.holds(user, row["case_id"], WORKS) or self.has(user, "director")

    def cases_wall(self, row, user):
        theirs = row["user_id"] == user["id"] or self.has(user, "director")
        return theirs or self.holds_youth(user, row["youth_id"], WORKS)

    def cases_case(self, row, user):
        return not self.walled(user, row["youth_id"]) and (
            self.holds(user, row["id"], ANY) or self.has(user, "director")
        )

    def cases_youth(self, row, user):
        return not self.walled(user, row["id"]) and (
            self.holds_youth(user, row["id"], ANY) or self.has(user, "director")
        )

    def cases_identity(self, row, user):
        return self.holds_youth(user, row["youth_id"], NAMES)

    cases_safecontact = cases_identity

    def cases_safetyneed(self, row, user):
        return self.holds_youth(user, row["youth_id"], NAMES | {"asked"})

    def cases_caseevent(self, row, user):
        return self.holds(user, row["case_id"], WORKS)

    def cases_contact(self, row, user):
        return (row["case_id"] and self.holds(user, row["case_id"], WORKS)) or (
            row["referral_id"] and self.welcomes(row["referral_id"], user)
        )

    def welcomes(self, referral, user):
        open_now = self.by_id["cases_referral"][referral]["status"] in OPEN
        return open_now and self.has(user, "intake", "assessment")

    def cases_referral(self, row, user):
        case = self.case_of_referral(row["id"])
        if case and self.walled(user, self.youth_of(case)):
            return False
        lately = row["decided_at"] is not None and row["decided_at"] > self.now - timedelta(days=30)
        decided = row["decided_by_id"] == user["id"] and lately and self.has(user, "intake", "assessment")
        held = bool(case) and self.holds(user, case, ANY - {"asked"})
        return self.welcomes(row["id"], user) or decided or held or self.has(user, "director")

    def cases_lookupkey(self, row, user):
        if row["youth_id"]:
            return self.holds_youth(user, row["youth_id"], NAMES)
        return self.welcomes(row["referral_id"], user)

    # mentors

    def mentors_mentor(self, row, user):
        person = self.by_id["core_user"][row["user_id"]]
        same_team = user["team_id"] is not None and person["team_id"] == user["team_id"]
        with_theirs = any(
            one["mentor_id"] == row["id"] and self.holds(user, one["case_id"], WHOLE)
            for one in self.rows["mentors_mentorship"]
        )
        return (
            row["user_id"] == user["id"]
            or (same_team and self.has(user, "supervisor", "support"))
            or self.has(user, "assessment", "director")
            or with_theirs
        )

    def mentors_leave(self, row, user):
        person = self.by_id["core_user"][row["person_id"]]
        same_team = user["team_id"] is not None and person["team_id"] == user["team_id"]
        covers = any(
            one["leave_id"] == row["id"] and one["user_id"] == user["id"] for one in self.rows["mentors_cover"]
        )
        mine = user["id"] in (row["person_id"], row["cover_id"]) or covers
        return mine or (same_team and self.has(user, "supervisor", "support")) or self.has(user, "director", "admin")

    def mentors_cover(self, row, user):
        return row["user_id"] == user["id"] and not self.walled(user, self.youth_of(row["case_id"]))

    def mentors_mentorship(self, row, user):
        own = self.is_mentor(user, row["mentor_id"]) and self.holds(user, row["case_id"], {"mentor", "cover", "asked"})
        return own or self.holds(user, row["case_id"], WHOLE | {"assessment"})

    def mentors_meeting(self, row, user):
        mentorship = self.by_id["mentors_mentorship"][row["mentorship_id"]]
        case = mentorship["case_id"]
        own = self.is_mentor(user, mentorship["mentor_id"]) and self.holds(user, case, {"mentor", "cover"})
        handed = row["handed_over"] and self.holds(user, case, {"support"})
        return own or self.holds(user, case, READERS) or handed

    def mentors_accompaniment(self, row, user):
        mentorship = self.by_id["mentors_mentorship"][row["mentorship_id"]]
        own = self.is_mentor(user, mentorship["mentor_id"])
        own = own and self.holds(user, mentorship["case_id"], {"mentor", "cover"})
        return own or self.holds(user, mentorship["case_id"], READERS)

    def mentors_concern(self, row, user):
        if self.walled(user, self.youth_of(row["case_id"])):
            return False
        raised = row["raised_by_id"] == user["id"] and self.holds(user, row["case_id"], ANY)
        return self.holds(user, row["case_id"], HANDS) or raised or self.has(user, "director")

    # matching

    def matching_match(self, row, user):
        mentorship = self.by_id["mentors_mentorship"][row["mentorship_id"]]
        asked = self.is_mentor(user, mentorship["mentor_id"]) and self.holds(user, mentorship["case_id"], {"asked"})
        return asked or self.holds(user, mentorship["case_id"], {"assessment"})

    # outcomes

    def asks(self, respondent, user):
        case = self.by_id["outcomes_respondent"][respondent]["case_id"]
        return self.has(user, "evaluation") or (case is not None and self.holds(user, case, ASKS))

    def outcomes_respondent(self, row, user):
        return self.asks(row["id"], user)

    def outcomes_followup(self, row, user):
        return self.asks(row["respondent_id"], user)

    def outcomes_surveylink(self, row, user):
        return self.asks(self.by_id["outcomes_followup"][row["follow_up_id"]]["respondent_id"], user)

    def outcomes_response(self, row, user):
        return self.has(user, "evaluation")

    outcomes_answer = outcomes_response

    def outcomes_reportsnapshot(self, row, user):
        return self.has(user, "evaluation", "director", "supervisor")

    # core

    def core_session(self, row, user):
        return row["user_id"] == user["id"]

    core_passkey = core_authenticatorapp = core_recoverycode = core_knowndevice = core_session

    def core_backup(self, row, user):
        return self.has(user, "admin", "director")

    core_settingchange = core_exitrequest = core_backup

    def core_integration(self, row, user):
        return row["user_id"] == user["id"] or self.has(user, "admin", "director")

    cases_agencyprogram = core_integration

    def core_keptanswer(self, row, user):
        return row["user_id"] == user["id"]

    def core_import(self, row, user):
        return row["by_id"] == user["id"]

    core_export = core_import

    def core_importrow(self, row, user):
        return self.core_import(self.by_id["core_import"][row["file_id"]], user)

    def core_outboxrow(self, row, user):
        return self.has(user, "admin")

    def core_furtherlook(self, row, user):
        return row["user_id"] == user["id"] or self.has(user, "director")

    def core_auditentry(self, row, user):
        at_the_door = row["act"] in ("sign-in", "deny") and not row["cases"]
        return (
            row["user_id"] == user["id"]
            or self.has(user, "director")
            or (at_the_door and self.has(user, "admin"))
            or any(self.holds(user, case, WORKS) for case in row["cases"])
        )

    def core_change(self, row, user):
        if row["about"] == "case":
            return self.holds(user, row["subject"], WORKS)
        if row["about"] == "youth":
            return self.holds_youth(user, row["subject"], WORKS)
        return row["about"] == "referral" and self.welcomes(row["subject"], user)
