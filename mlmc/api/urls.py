"""One line per thing."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cases.api.cases import CaseApi
from cases.api.referrals import ReferralApi, SentApi
from matching.api import MatchApi
from mentors.api.concerns import ConcernApi
from mentors.api.meetings import MeetingApi
from mentors.api.mentors import MentorApi, MentorshipApi
from mlmc.api.description import DescriptionApi
from mlmc.api.index import IndexApi
from outcomes.api.figures import AnswersApi, ReportApi
from outcomes.api.follow_ups import FollowUpApi

app_name = "api"
router = SimpleRouter(use_regex_path=False)
router.register("referrals", ReferralApi, "referrals")
router.register("agency/referrals", SentApi, "sent")
router.register("cases", CaseApi, "cases")
router.register("mentors", MentorApi, "mentors")
router.register("mentorships", MentorshipApi, "mentorships")
router.register("meetings", MeetingApi, "meetings")
router.register("concerns", ConcernApi, "concerns")
router.register("matches", MatchApi, "matches")
router.register("follow-ups", FollowUpApi, "follow-ups")
router.register("answers", AnswersApi, "answers")
router.register("outcomes", ReportApi, "outcomes")

things = [(basename, api.thing) for _, api, basename in router.registry]
urlpatterns = [
    path("", IndexApi.as_view({"get": "retrieve"}, things=things, basename="index"), name="index"),
    path("", include(router.urls)),
    path("openapi.json", DescriptionApi.as_view({"get": "list"}), name="openapi"),
]
