"""Search: words are posted and stand in no address, title or log. What is found opens the page a reader works from."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import Access
from cases.search import LONGEST, find
from cases.views.case import opens_page
from mentors.models import Mentorship
from mlmc.core import audit
from mlmc.core.access import only
from mlmc.core.forms import Form, PlainText
from mlmc.core.models import Role

# Whoever works with youth, by name or by code. Evaluation works with respondents, the admin with no case.
FINDERS = (Role.INTAKE, Role.ASSESSMENT, Role.MENTOR, Role.CASE_MANAGER, Role.SUPPORT, Role.SUPERVISOR, Role.DIRECTOR)


class SearchForm(Form):
    words = PlainText(
        label="Whom are you looking for?", max_length=LONGEST, missing="Type a name, a code or a number."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only(*FINDERS)
def search(request):
    """A POST that only reads. A GET shows the empty form, whatever stands in its address."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "phone": set(request.user.roles) == {Role.MENTOR}}
    if request.method == "POST" and form.is_valid():
        hits, more = find(request.user, form.cleaned_data["words"])
        audit.say(audit.VIEW, why="search")
        audit.note(*(hit.who.pk for hit in hits if hit.is_case))
        context |= {"searched": True, "hits": with_pages(request.user, hits), "more": more}
    return render(request, "mlmc/search.html", context)


def with_pages(user, hits):
    """Each hit with the page that is this reader's: the case, or for a mentor the log of her mentorship."""
    found = [hit.who.pk for hit in hits if hit.is_case]
    kinds, logs = {}, {}
    if found:
        for case, as_what in Access.objects.open_to(user).filter(case__in=found).values_list("case", "as_what"):
            kinds.setdefault(case, set()).add(as_what)
        logs = dict(
            Mentorship.objects.read_by(user).filter(case__in=found).order_by("asked_at").values_list("case", "pk")
        )
    return [(hit, page_of(user, hit, kinds.get(hit.who.pk, set()), logs.get(hit.who.pk))) for hit in hits]


def page_of(user, hit, kinds, log):
    if not hit.is_case or opens_page(user, hit.who, kinds):
        return hit.who.get_absolute_url()
    return reverse("mentors:meeting_log", args=[log]) if log else ""
