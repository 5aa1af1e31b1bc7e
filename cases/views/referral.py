"""One referral: what was received, what is missing, and the next step. Every act is a form of its own."""

import re
from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import acceptance, as_received, codes, contacts, intake, lifecycle, links, queue
from cases.forms import AcceptForm, ContactForm, LinkForm, MoveForm, ReferralForm
from cases.models import REFERRAL_MOVES, Referral, ReferralStatus
from mlmc import program
from mlmc.core import audit
from mlmc.core import undo as way_back
from mlmc.core.access import only, visible_or_404
from mlmc.core.forms import words
from mlmc.core.harvest import opens_a_youth
from mlmc.core.models import Role

WELCOMERS = (Role.INTAKE, Role.ASSESSMENT)


@only(*WELCOMERS)
def referral_new(request):
    form = ReferralForm(request.POST or None, initial={"received_at": timezone.localtime()})
    if form.is_valid():
        referral = intake.receive_from_staff(form.parsed(), by=request.user, at=timezone.now())
        messages.success(request, f"Received. The receipt number is {referral.receipt}.")
        return redirect(referral)
    return render(
        request, "cases/referral_form.html", {"form": form, "active": "referrals", "promises": program.current()}
    )


@require_safe
@only(*WELCOMERS, Role.DIRECTOR)
@opens_a_youth
def referral(request, pk):
    return show(request, found(request, pk))


def found(request, pk):
    referrals = Referral.objects.with_rights(request.user).select_related(
        "agency", "taken_by", "decided_by", "case__youth"
    )
    referral = visible_or_404(referrals, request.user, pk=pk)
    audit.note(referral.whose)
    return referral


def show(request, referral, **forms):
    """The page of a referral. Who may not see the name gets another page, without a word of what was received."""
    now, ours = timezone.now(), program.current()
    queue.dressed(referral, at=now, program=ours)
    context = {
        "referral": referral,
        "active": "referrals",
        "clocks": [(clock, clock.state(now)) for clock in referral.clocks],
    }
    if not referral.opens_name:
        return render(request, "cases/referral_shell.html", context)
    suggestions, too_many = looked(referral, by=request.user, at=now)
    context |= {
        "received": as_received.of(referral),
        "needs": [intake.NEEDS[code] for code in referral.needs if code in intake.NEEDS],
        "known": list(known(referral)),
        "answer_number": dialled(referral.referrer_phone),
        "suggestions": suggestions,
        "too_many_looks": too_many,
        "contacts": referral.contacts.select_related("by").order_by("-at", "-pk")[:20],
        "may_act": request.user.has_role(*WELCOMERS),
        "may_accept": referral.is_open,
        "contact_form": ContactForm(received_at=referral.received_at, initial={"at": timezone.localtime()}),
        "accept_form": AcceptForm(known=links.known_youth(suggestions)),
        "mergeable": links.mergeable(suggestions) if referral.is_open else [],
        "undo_until": way_back.until(referral.moved_at) if may_undo(referral, request.user, now) else None,
        "is_merged": referral.status == ReferralStatus.MERGED,
        "reopens": ReferralStatus.IN_REVIEW in REFERRAL_MOVES[referral.status] and not referral.is_open,
    }
    return render(request, "cases/referral_detail.html", context | forms)


def may_undo(referral, user, now):
    return user.has_role(*WELCOMERS) and lifecycle.may_undo(referral, by=user, at=now)


def looked(referral, *, by, at):
    """(Who this may be, or why nobody is suggested.) Only whoever welcomes is asked whether we have met."""
    if not by.has_role(*WELCOMERS):
        return [], ""
    try:
        return links.look(referral, by=by, at=at), ""
    except links.TooManyLooks as problem:
        return [], str(problem)


def known(referral):
    """Label and value of what was read from it, or typed about it."""
    born = f"{words(referral.born_on)} ({referral.get_born_precision_display()})" if referral.born_on else ""
    yield "Name", f"{referral.first_name} {referral.last_name}".strip()
    yield "Also known as", referral.also_known_as
    yield "Born", born or referral.about_age
    yield "Pronouns", referral.pronouns
    yield "Languages", ", ".join(codes.words(referral.languages, codes.LANGUAGES))
    yield "Area", referral.get_area_display() or referral.town
    yield "Living with", referral.living_with
    yield "Custody", referral.custody
    yield "51A report", referral.filed_51a
    yield "Agreed to", referral.consent_words
    yield "What led here", referral.why
    yield "Going well", referral.strengths
    yield "Referred by", ", ".join(filter(None, (referral.referrer, referral.agency and referral.agency.name)))


def dialled(said):
    """The number in what somebody wrote as one: "617-555-0155, text after 6"."""
    found = re.search(r"\+?[\d(][\d ().-]{5,}\d", said)
    return re.sub(r"[^\d+]", "", found[0]) if found else ""


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_reply(request, pk):
    referral = found(request, pk)
    intake.record_reply(referral, by=request.user, at=timezone.now())
    messages.success(request, "Reply to the referrer recorded.")
    return redirect(referral)


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_take(request, pk):
    referral = found(request, pk)
    intake.take_on(referral, by=request.user)
    messages.success(request, "This referral is yours.")
    return redirect(referral)


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_contact(request, pk):
    referral = found(request, pk)
    form = ContactForm(request.POST, received_at=referral.received_at)
    if form.is_valid():
        contacts.record_contact(referral, by=request.user, **form.cleaned_data)
        messages.success(request, "Contact recorded.")
        return redirect(referral)
    return show(request, referral, contact_form=form, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@only(*WELCOMERS)
@opens_a_youth
def referral_move(request, pk, to):
    """A move that needs no words is a button; one that does asks for them on a page of its own."""
    referral = found(request, pk)
    apart = referral.status == ReferralStatus.MERGED and to == ReferralStatus.IN_REVIEW
    needs_words = apart or to in lifecycle.NEEDS_A_REASON - {ReferralStatus.MERGED}
    form = MoveForm(request.POST or None, to=to) if needs_words else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.reason() if form else ""
        try:
            if to == ReferralStatus.ACCEPTED or to == ReferralStatus.MERGED or to not in ReferralStatus.values:
                raise lifecycle.MoveNotAllowed("Open the referral to do this.")
            verb = links.unmerge if apart else partial(lifecycle.move_referral, to=to)
            verb(referral, by=request.user, at=timezone.now(), reason=reason)
        except lifecycle.MoveNotAllowed as problem:
            messages.error(request, str(problem))
            return redirect(referral)
        messages.success(request, f"{referral.receipt} is now {ReferralStatus(to).label}.")
        return redirect(reverse("cases:referrals") if request.POST.get("back") == "queue" else referral)
    if form is None:
        return redirect(referral)
    title = "These are two" if apart else ReferralStatus(to).label.capitalize()
    return render(
        request,
        "cases/referral_move.html",
        {"form": form, "referral": referral, "to": to, "title": title, "active": "referrals"},
    )


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_undo(request, pk):
    """Whoever moved it by mistake takes the move back."""
    referral = found(request, pk)
    try:
        referral = lifecycle.undo_move(referral, by=request.user, at=timezone.now())
    except lifecycle.MoveNotAllowed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"Taken back: {referral.receipt} is {referral.get_status_display()} again.")
    return redirect(referral)


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_accept(request, pk):
    referral = found(request, pk)
    form = AcceptForm(request.POST, known=links.known_youth(links.suggestions(referral, by=request.user)))
    if form.is_valid():
        try:
            case = acceptance.accept(referral, by=request.user, at=timezone.now(), youth=form.cleaned_data["who"])
        except lifecycle.MoveNotAllowed as problem:
            messages.error(request, str(problem))
            return redirect(referral)
        messages.success(request, f"Welcomed as {case.code}.")
        return redirect(case)
    messages.error(request, "Choose who this is. Nothing was changed.")  # the page says whom it may suggest
    return redirect(referral)


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_link(request, pk):
    referral = found(request, pk)
    form = LinkForm(request.POST)
    suggested = {one.referral.pk for one in links.suggestions(referral, by=request.user) if one.referral}
    if form.is_valid() and form.cleaned_data["other"].pk in suggested:
        links.answer(referral, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "Your answer is kept. Nothing was merged by it.")
    else:
        messages.error(request, "That suggestion is no longer here. Nothing was changed.")
    return redirect(referral)


@require_POST
@only(*WELCOMERS)
@opens_a_youth
def referral_merge(request, pk, into):
    """A person has said that both are about one youth: this one rests, the other goes on."""
    referral, other = found(request, pk), found(request, into)
    try:
        links.merge(referral, other, by=request.user, at=timezone.now())
    except (lifecycle.MoveNotAllowed, links.NotTheSame) as problem:
        messages.error(request, str(problem))
        return redirect(referral)
    messages.success(request, f"Both messages are kept; {other.receipt} goes on.")
    return redirect(other)
