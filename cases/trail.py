"""Who may see a youth, who could, and who has: rows of Access, and lines of the trail in words."""

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from cases.models import Access, Wall
from mlmc.core.models import AuditEntry, User
from mlmc.core.pages import moment

PAGE = 40
LANES, SEQUENCE = range(2**31), range(2**63)  # what the columns hold
WORDS = {
    "cases:case": "the case page",
    "cases:access": "who may see them",
    "cases:case_contact": "a contact with the youth",
    "cases:case_told": "what the youth was told",
    "cases:safety": "what keeps them safe",
    "cases:need_add": "a safety need",
    "cases:need_confirm": "what safety words mean",
    "cases:need_lift": "a safety need that no longer holds",
    "cases:contact_confirm": "how they may be reached",
    "cases:flag": "where they are",
    "mentors:safe_contact": "how they may be reached",
    "cases:wall_add": "who never may see them",
    "cases:wall_remove": "who never may see them",
    "cases:emergency_open": "the case, in an emergency",
    "cases:emergencies": "the list of emergencies",
    "cases:emergency_review": "an emergency opening",
    "cases:referral": "the referral",
    "cases:referral_new": "a new referral",
    "cases:referral_reply": "the reply to the referrer",
    "cases:referral_take": "who takes the referral on",
    "cases:referral_contact": "a first contact",
    "cases:referral_move": "where the referral stands",
    "cases:referral_undo": "where the referral stands, taken back",
    "cases:referral_accept": "the welcome",
    "cases:referral_link": "whether two referrals belong together",
    "cases:referral_merge": "whether two referrals are one",
    "cases:refer": "the public form",
    "cases:referrals": "the list of referrals",
    "api:index": "what there is to ask, for a program",
    "api:referrals-list": "the list of referrals, for a program",
    "api:referrals-detail": "the referral, for a program",
    "api:referrals-move": "where the referral stands, by a program",
    "api:referrals-duplicates": "who a referral may be about, for a program",
    "api:cases-list": "the list of cases, for a program",
    "api:cases-detail": "the case, for a program",
    "api:mentorships-list": "mentorships, for a program",
    "api:mentorships-detail": "a mentorship, for a program",
    "api:mentorships-pace": "the pace of meetings, by a program",
    "api:meetings-list": "meetings, for a program",
    "api:meetings-detail": "a meeting, for a program",
    "api:meetings-bulk": "meetings, by a program",
    "api:concerns-list": "safety concerns, for a program",
    "api:concerns-detail": "a safety concern, for a program",
    "api:concerns-acknowledge": "a safety concern, by a program",
    "api:concerns-resolve": "a safety concern, by a program",
    "api:matches-list": "matches, for a program",
    "api:matches-detail": "a match, for a program",
    "api:matches-youth-answer": "what the youth said to a match, by a program",
    "api:follow-ups-list": "follow-ups, for a program",
    "api:follow-ups-detail": "a follow-up, for a program",
    "api:follow-ups-decline": "a follow-up the youth chose not to answer, by a program",
    "api:follow-ups-miss": "a follow-up that was missed, by a program",
    "api:follow-ups-reopen": "a follow-up, opened again by a program",
    "api:sent-list": "the stages of what an agency sent, for its program",
    "api:sent-detail": "the stage of what an agency sent, for its program",
    "mentors:my_youth": "the mentor's list",
    "mentors:about_me": "what a mentor chose to tell",
    "mentors:meeting_log": "the meeting log",
    "mentors:change_pace": "the pace of meetings",
    "mentors:mistaken": "a match made by mistake",
    "mentors:first_meeting": "the first meeting",
    "mentors:plan": "a planned meeting",
    "mentors:plan_held": "a planned meeting, how it went",
    "mentors:plan_call_off": "a planned meeting, called off",
    "mentors:plan_again": "a planned meeting, on again",
    "mentors:call": "the phone number, to call",
    "mentors:text": "the phone number, to text",
    "mentors:check_in": "the check-in",
    "mentors:check_in_undo": "a check-in, taken back",
    "mentors:check_in_move": "a check-in about somebody else",
    "mentors:check_in_choose": "the mentor's list",
    "mentors:concern": "a safety concern",
    "mentors:concern_acknowledge": "a safety concern",
    "mentors:concern_resolve": "a safety concern",
    "mentors:team": "the team's list",
    "mentors:mentor_step": "where a mentor stands",
    "mentors:leaves": "who is away",
    "mentors:leave_find": "who is away",
    "mentors:leave_plan": "who covers while somebody is away",
    "mentors:leave_answer": "the answer to who asked for time away",
    "mentors:leave_change": "how long somebody is away",
    "mentors:on_call": "who is on call",
    "mentors:paperwork": "check-ins handed over",
    "mentors:paperwork_take_up": "a check-in handed over",
    "matching:board": "the match board",
    "matching:board_of": "the match board",
    "matching:propose": "a proposed match",
    "matching:youth_answer": "what the youth said to a match",
    "matching:take_back": "a match, taken back",
    "matching:asked": "the question to a mentor",
    "matching:mentor_answer": "the answer of a mentor",
    "outcomes:follow_ups": "the list of follow-ups",
    "outcomes:follow_up": "a follow-up",
    "outcomes:link_make": "a link to a survey",
    "outcomes:decline": "a follow-up the youth chose not to answer",
    "outcomes:not_theirs": "answers that were somebody else's",
    "outcomes:miss": "a follow-up that was missed",
    "outcomes:open_again": "a follow-up, opened again",
    "outcomes:report": "the report",
    "outcomes:figures_file": "the file of figures",
    "exporting": "a file that was asked for",
    "exporting:again": "a file that was asked for",
    "exporting:fetch": "a file that was asked for",
    "exporting:files": "the list of files",
    "exporting:files_now": "the list of files",
    "outcomes:survey": "a survey",
    "outcomes:survey_question": "a survey",
    "outcomes:survey_stop": "a survey",
    "outcomes:no_survey": "a survey",
    "people:hand_over": "a hand-over",
    "people:leave": "what somebody who leaves the program has in hand",
    "people:find": "somebody, by name",
    "people:who_can": "who can do what",
    "search": "what a search found",
    "today": "Today",
}
ACTS = {"view": "Saw", "write": "Worked on", "deny": "Was refused", "export": "Exported", "sign-in": "Signed in at"}


def could_see(case, *, at):
    """The rows that are over: who could see this case before, and until when."""
    rows = Access.objects.filter(case=case, until__lte=at).select_related("user", "given_by")
    return rows.order_by("-until", "-pk")[:PAGE]


def walls(case):
    return Wall.objects.filter(youth=case.youth_id).select_related("user").order_by("made_at")


def who_has_seen(case, *, before=""):
    """One page of the trail about this youth, newest first, and where the next begins. Each line is one request."""
    theirs = [one for one in (case.pk, case.referral_id, case.youth_id) if one]
    spot = _spot(before) or (None, None, None)
    about = RawSQL(LINES_ABOUT, [theirs, *spot, PAGE + 1], output_field=BooleanField())
    found = list(AuditEntry.objects.filter(about).order_by("-at", "-lane", "-seq"))
    people = User.objects.in_bulk({line.user_id for line in found if line.user_id})
    shown = [told(line, people) for line in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return shown, f"{last.at.isoformat()}_{last.lane}_{last.seq}" if last else ""


LINES_ABOUT = """
    (month, lane, seq) in (
        select line.month, line.lane, line.seq from unnest(guard.lines_about(%s::uuid[], %s, %s, %s, %s)) as line
    )
"""


def told(line, people):
    person = people.get(line.user_id)
    other = {"respondent": "The youth", "referrer": "A referrer", "door": "The sign-in page"}
    who = person.short_name if person else next((other[word] for word in line.scope if word in other), "The program")
    return {
        "at": line.at,
        "who": who,
        "act": ACTS[line.act],
        "what": WORDS.get(line.what, line.what.partition(":")[2].replace("_", " ") or line.what),
        "why": line.why,
    }


def _spot(words):
    at, _, rest = words.partition("_")
    lane, _, seq = rest.partition("_")
    try:
        spot = moment(at), int(lane), int(seq)
    except ValueError:
        return None
    return spot if spot[0] and spot[1] in LANES and spot[2] in SEQUENCE else None
