"""The case page, for who works with the youth; and its shell, for who only needs to know that there is one."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import codes, contacts, promises, safety, timeline, told
from cases.birth import age_on
from cases.forms import ContactForm, uuid_or_none
from cases.models import Access, As, Case, CaseStatus, Contact
from cases.policies import WORKS_WITH
from cases.told_forms import ToldForm
from mlmc import program
from mlmc.core import audit
from mlmc.core.access import visible_or_404
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role

FLAGS = [
    ("missing_since", "Missing from care", "safety", "exclamation-triangle"),
    ("detained_since", "Hospital or detained", "attn", "building"),
    ("away_since", "Out of area", "info", "geo-alt"),
    ("paused_since", "Paused by the youth", "info", "pause-circle"),
]


def found(request, pk):
    """The case, and whether this reader works with the youth. Nobody comes here by being the mentor, but everybody may
    open the practice youth."""
    rows = Access.objects.open_to(request.user)
    case = visible_or_404(
        Case.objects.with_rights(request.user).select_related("youth", "referral"), request.user, pk=pk
    )
    kinds = set(rows.filter(case=case).values_list("as_what", flat=True))
    if not opens_page(request.user, case, kinds):
        raise Http404
    audit.note(case.pk)
    return case, not kinds.isdisjoint(WORKS_WITH)


def opens_page(user, case, kinds):
    """Whether the page of this case is for somebody who holds these kinds of rows."""
    only_mentors = set(user.roles) == {Role.MENTOR} and not case.youth.is_practice
    return not only_mentors and (not kinds <= {As.MENTOR} or user.has_role(Role.DIRECTOR))


@require_safe
@opens_a_youth
def case(request, pk):
    case, works_with = found(request, pk)
    return show(request, case, works_with)


def show(request, case, works_with, **forms):
    now, ours = timezone.now(), program.current()
    access = list(who_may_see(case, now))
    context = {
        "active": "youth",
        "case": case,
        "youth": case.youth,
        "clocks": [(clock, clock.state(now)) for clock in clocks(case, ours)],
        "flags": [(words, tone, icon, day) for name, words, tone, icon in FLAGS if (day := getattr(case, name))],
        "access": access,
        "people": [row for row in access if row.user_id],
        "mentors": [row for row in access if row.as_what == As.MENTOR],
    }
    if not works_with:
        return render(request, "cases/case_shell.html", context)
    entries, earlier = timeline.page(case, before=uuid_or_none(request.GET.get("before")))
    today = timezone.localdate(now)
    context |= {
        "age": age_on(case.youth.born_on, today) if case.youth.born_on else case.youth.about_age,
        "languages": ", ".join(codes.words(case.youth.languages, codes.LANGUAGES)),
        "entries": entries,
        "earlier": earlier,
        "safe_contact": getattr(case.youth, "safe_contact", None),
        "is_safe": safety.is_safe(getattr(case.youth, "safe_contact", None), at=now),
        "needs": case.youth.safety_needs.standing().select_related("confirmed_by"),
        "contacts": Contact.objects.filter(case=case).select_related("by").order_by("-at", "-pk")[:5],
        "contact_form": ContactForm(received_at=since(case), initial={"at": timezone.localtime(now)}),
        "told_form": ToldForm(told=case.youth),
        "episodes": case.youth.cases.exclude(pk=case.pk).visible_to(request.user).order_by("episode"),
    }
    return render(request, "cases/case_detail.html", context | forms)


def who_may_see(case, at):
    """The rows by which this case can be seen now: everybody who may, and why."""
    rows = case.access.filter(begins__lte=at).select_related("user").order_by("begins", "pk")
    return (row for row in rows if (row.until is None or row.until > at) and not (row.role and is_practice(row)))


def is_practice(row):
    """The practice youth is open to every role: said once, not nine times."""
    return row.as_what == As.PRACTICE


def since(case):
    return case.referral.received_at if case.referral else case.accepted_at


def clocks(case, ours):
    matched = None if case.status == CaseStatus.WAITING else case.with_mentor_at or case.accepted_at
    return promises.clocks(
        received_at=case.referral.received_at if case.referral else None,
        replied_at=case.referral.replied_at if case.referral else None,
        reached_at=case.referral.reached_at if case.referral else None,
        program=ours,
        accepted_at=case.accepted_at,
        mentor_at=matched,
    )


@require_POST
@opens_a_youth
def case_contact(request, pk):
    case, works_with = found(request, pk)
    if not works_with:
        raise Http404
    form = ContactForm(request.POST, received_at=since(case))
    if form.is_valid():
        contacts.record_contact(case, by=request.user, **form.cleaned_data)
        messages.success(request, "Contact recorded.")
        return redirect(case)
    return show(request, case, works_with, contact_form=form, form=form)


@require_POST
@opens_a_youth
def case_told(request, pk):
    case, works_with = found(request, pk)
    if not works_with:
        raise Http404
    form = ToldForm(request.POST, told=case.youth)
    if form.is_valid():
        told.tell(case, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "Written down.")
        return redirect(case)
    return show(request, case, works_with, told_form=form, form=form)
