"""One line per thing."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cases.api.referrals import ReferralApi, SentApi

app_name = "api"
router = SimpleRouter(use_regex_path=False)
router.register("referrals", ReferralApi, "referrals")
router.register("agency/referrals", SentApi, "sent")

urlpatterns = [path("", include(router.urls))]
