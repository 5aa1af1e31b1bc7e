"""The table of contents: one line per part of the program."""

from django.urls import include, path

from mlmc import alive, health, policy_reports, search, today, views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("mlmc.core.urls")),
    path("", include("mlmc.office.urls")),
    path("", include("mlmc.help.urls")),
    path("", include("mlmc.people.urls")),
    path("", include("mlmc.plain_exit.urls")),
    path("", include("mlmc.bringing.urls")),
    path("", include("mlmc.exporting.urls")),
    path("practice/", views.practice, name="practice"),
    path("", include("mlmc.integrations.urls")),
    path("api/v1/", include("mlmc.api.urls")),
    path("today/", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("health/", health.health, name="health"),
    path("health/backup/", health.backup_now, name="backup_now"),
    path("alive/", alive.alive, name="alive"),
    path("ready/", alive.ready, name="ready"),
    path("csp/", policy_reports.policy_report, name="policy_report"),
    path("", include("cases.urls")),
    path("", include("mentors.urls")),
    path("", include("matching.urls")),
    path("", include("outcomes.urls")),
]
handler400, handler403, handler404, handler500 = (
    "mlmc.views.bad_request",
    "mlmc.views.forbidden",
    "mlmc.views.not_found",
    "mlmc.views.broken",
)
