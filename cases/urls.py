"""Welcoming: referrals, the case page, and the form agencies use."""

from django.urls import path

from cases.views import access, case, public, queue, referral, safety

app_name = "cases"
urlpatterns = [
    path("referrals/", queue.referrals, name="referrals"),
    path("referrals/new/", referral.referral_new, name="referral_new"),
    path("referrals/<uuid:pk>/", referral.referral, name="referral"),
    path("referrals/<uuid:pk>/reply/", referral.referral_reply, name="referral_reply"),
    path("referrals/<uuid:pk>/take/", referral.referral_take, name="referral_take"),
    path("referrals/<uuid:pk>/contact/", referral.referral_contact, name="referral_contact"),
    path("referrals/<uuid:pk>/move/<slug:to>/", referral.referral_move, name="referral_move"),
    path("referrals/<uuid:pk>/undo/", referral.referral_undo, name="referral_undo"),
    path("referrals/<uuid:pk>/accept/", referral.referral_accept, name="referral_accept"),
    path("referrals/<uuid:pk>/link/", referral.referral_link, name="referral_link"),
    path("referrals/<uuid:pk>/merge/<uuid:into>/", referral.referral_merge, name="referral_merge"),
    path("cases/<uuid:pk>/", case.case, name="case"),
    path("cases/<uuid:pk>/contact/", case.case_contact, name="case_contact"),
    path("cases/<uuid:pk>/told/", case.case_told, name="case_told"),
    path("cases/<uuid:pk>/safety/", safety.case_safety, name="safety"),
    path("cases/<uuid:pk>/safety/add/", safety.need_add, name="need_add"),
    path("cases/<uuid:pk>/safety/contact/", safety.contact_confirm, name="contact_confirm"),
    path("cases/<uuid:pk>/safety/mark/", safety.flag, name="flag"),
    path("cases/<uuid:pk>/safety/<uuid:need>/confirm/", safety.need_confirm, name="need_confirm"),
    path("cases/<uuid:pk>/safety/<uuid:need>/lift/", safety.need_lift, name="need_lift"),
    path("cases/<uuid:pk>/access/", access.case_access, name="access"),
    path("cases/<uuid:pk>/wall/", access.wall_add, name="wall_add"),
    path("cases/<uuid:pk>/wall/<uuid:wall>/down/", access.wall_remove, name="wall_remove"),
    path("emergency/", access.emergency_open, name="emergency_open"),
    path("emergency/reviews/", access.emergencies, name="emergencies"),
    path("emergency/<uuid:pk>/review/", access.emergency_review, name="emergency_review"),
    path("refer/", public.refer, name="refer"),
]
