"""The youth's pages: one question at a time. They name no program, show no answer, and open for one secret only."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mlmc import program
from mlmc.core.context import Actor, under
from mlmc.core.guesses import Guesses
from outcomes import instruments, surveys
from outcomes.instruments import LANGUAGES
from outcomes.models import Answer


def holder_of(token, **_):
    return Actor.respondent(surveys.hashed(token))


guesses = Guesses(limit=60)  # an hour, from one address: a whole house may sit behind one


def for_respondent(view):
    """A page behind a private link. Whatever is wrong with the link, the answer is the same calm page.

    No sign-in: the address is the secret, and nobody else has it. No CSRF token: nothing that a browser sends by
    itself gives any right here, and so no cookie has to be laid on a young person's device.
    """

    @wraps(view)
    def guarded(request, token, *args, **kwargs):
        address, now = request.META["REMOTE_ADDR"], timezone.now()
        if guesses.too_many(address, at=now):
            return busy()
        try:
            return view(request, token, *args, **kwargs)
        except surveys.LinkEnded:
            guesses.count(address, at=now)
            return ended(request)

    acting = under("respondent", actor=holder_of)(guarded)
    open_to_all = login_not_required(csrf_exempt(acting))  # no cookie gives a right here, so there is none to misuse
    return require_http_methods(["GET", "HEAD", "POST"])(open_to_all)


def busy():
    """No link is looked at. It names nothing, like every error page."""
    return HttpResponse(render_to_string("429.html"), status=429)


START, QUESTION, DANGER, DONE, STOP, STOPPED, ENDED = (
    "outcomes/survey_start.html",
    "outcomes/survey_question.html",
    "outcomes/survey_danger.html",
    "outcomes/survey_done.html",
    "outcomes/survey_stop.html",
    "outcomes/survey_stopped.html",
    "outcomes/survey_ended.html",
)


def page(request, template, language, *, questions=None, status=200, facts=None, **context):
    questions = questions or instruments.questions(instruments.newest())
    rules = program.current()
    offered = {code: name for code, name in LANGUAGES.items() if code in rules.languages}
    language = language if language in offered else next(iter(offered))
    facts = {"days": rules.link_resume_days, "line": rules.people_on_the_line, **(facts or {})}
    context |= {"words": questions.words(language, **facts), "language_code": language}
    context["languages"] = offered.items()
    if context.get("language_links"):
        context["language_links"] = links(offered) if len(offered) > 1 else None
    with translation.override(language):
        return HttpResponse(
            render_to_string(template, context, request),
            status=status,
            headers={"Referrer-Policy": "no-referrer"},
        )


def spoken(request):
    """The language somebody asked for, or the one their browser speaks."""
    asked = request.GET.get("lang") or request.POST.get("language")
    return asked if asked in LANGUAGES else translation.get_language_from_request(request)[:2]


def links(known):
    return [(code, f"?lang={code}", name) for code, name in known.items()]


@for_respondent
def survey(request, token):
    at = timezone.now()
    if request.method == "POST":
        response = surveys.start(token, language=spoken(request), at=at)
        return redirect("outcomes:survey_question", token, surveys.progress(response).next)
    link = surveys.link_of(token, at=at)
    if link.started_at:
        return redirect("outcomes:survey_question", token, surveys.progress(surveys.response_of(link)).next)
    return page(request, START, spoken(request), language_links=links(LANGUAGES))


@for_respondent
def question(request, token, number):
    at = timezone.now()
    try:
        link = surveys.link_of(token, at=at)
    except surveys.LinkEnded:
        if request.method == "POST" and (link := surveys.finished_just_now(token, at=at)):
            return done(request, surveys.response_of(link))  # sent twice: said once, thanked twice
        raise
    if not link.started_at:
        return redirect("outcomes:survey", token)
    response = surveys.response_of(link)
    where = surveys.progress(response)
    if not 1 <= number <= where.next:
        return redirect("outcomes:survey_question", token, where.next)
    item = instruments.questions(response.instrument).items[number - 1]
    if request.method != "POST":
        return ask(request, token, response, item, number)

    picked = request.POST.get("answer", "")
    known = picked in dict(item.choices(response.language))
    if request.POST.get("language") in LANGUAGES:
        surveys.speak(response, request.POST["language"])
        return ask(request, token, response, item, number, picked=picked if known else "")
    if "skip" in request.POST:
        return take(request, token, number, at, kind=Answer.Kind.SKIPPED)
    if not known:
        return ask(request, token, response, item, number, nothing_picked=True)
    if picked == instruments.PREFER_NOT:
        return take(request, token, number, at, kind=Answer.Kind.PREFER_NOT)
    return take(request, token, number, at, kind=Answer.Kind.ANSWERED, value=picked)


def ask(request, token, response, item, number, *, picked="", nothing_picked=False):
    where, language = surveys.progress(response), response.language
    return page(
        request,
        QUESTION,
        language,
        questions=instruments.questions(response.instrument),
        facts={"number": number},
        token=token,
        number=number,
        count=len(where.codes),
        before=number - 1,
        passed=item.code in where.passed,
        go_on=where.next,
        item={"text": item.text(language), "hint": item.hint(language), "why": item.why(language)},
        choices=item.choices(language),
        picked=picked,
        nothing_picked=nothing_picked,
        language_form="answer",
    )


def take(request, token, number, at, *, kind, value=""):
    response, danger = surveys.answer(token, number, kind=kind, value=value, at=at)
    following = surveys.progress(response).next
    if danger:
        asked = instruments.questions(response.instrument)
        return page(request, DANGER, response.language, questions=asked, token=token, go_on=following)
    if following is None:
        return done(request, response)
    return redirect("outcomes:survey_question", token, following)


def done(request, response):
    kinds = list(response.answers.values_list("kind", flat=True))
    answered = kinds.count(Answer.Kind.ANSWERED)
    return page(
        request,
        DONE,
        response.language,
        questions=instruments.questions(response.instrument),
        facts={"answered": answered, "skipped": len(kinds) - answered},
    )


@for_respondent
def stop(request, token):
    at = timezone.now()
    link = surveys.link_of(token, at=at)
    if not link.started_at:
        return redirect("outcomes:survey", token)
    response = surveys.response_of(link)
    language = request.GET.get("lang") if request.GET.get("lang") in LANGUAGES else response.language
    with translation.override(language):
        date = date_format(timezone.localtime(link.resume_by), "MONTH_DAY_FORMAT")
    template = STOP
    if request.method == "POST":
        surveys.stop(token, at=at)
        template = STOPPED
    return page(
        request,
        template,
        language,
        questions=instruments.questions(response.instrument),
        facts={"date": date},
        token=token,
        go_on=surveys.progress(response).next,
        language_links=links(LANGUAGES) if template == STOP else None,
    )


def ended(request):
    return page(request, ENDED, spoken(request), status=404, language_links=links(LANGUAGES))


@login_not_required  # an address under /s/ that is none gets the page a used-up link gets: it names nothing
@csrf_exempt  # it reads nothing and changes nothing, whatever is sent
@under("respondent")
def nothing_here(request, rest=""):
    return ended(request)
