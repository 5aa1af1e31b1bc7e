from django.urls import path

from mentors.views import leave, paperwork, phone, plan, reaching, team

app_name = "mentors"
urlpatterns = [
    path("my-youth/", phone.my_youth, name="my_youth"),
    path("my-youth/about-me/", phone.about_me, name="about_me"),
    path("my-youth/<uuid:pk>/", phone.meeting_log, name="meeting_log"),
    path("my-youth/<uuid:pk>/pace/", phone.change_pace, name="change_pace"),
    path("my-youth/<uuid:pk>/first-meeting/", phone.first_meeting, name="first_meeting"),
    path("my-youth/<uuid:pk>/mistake/", team.mistaken, name="mistaken"),
    path("my-youth/<uuid:pk>/call/", reaching.call, name="call"),
    path("my-youth/<uuid:pk>/text/", reaching.text, name="text"),
    path("my-youth/<uuid:pk>/safe-contact/", reaching.safe_contact, name="safe_contact"),
    path("my-youth/<uuid:pk>/plan/", plan.plan, name="plan"),
    path("plans/<uuid:pk>/held/", plan.plan_held, name="plan_held"),
    path("plans/<uuid:pk>/call-off/", plan.plan_call_off, name="plan_call_off"),
    path("plans/<uuid:pk>/again/", plan.plan_again, name="plan_again"),
    path("check-in/", phone.check_in_choose, name="check_in_choose"),
    path("check-in/<uuid:pk>/", phone.check_in, name="check_in"),
    path("check-in/<uuid:pk>/undo/", phone.check_in_undo, name="check_in_undo"),
    path("check-in/<uuid:pk>/whose/", phone.check_in_move, name="check_in_move"),
    path("team/", team.team, name="team"),
    path("team/<uuid:pk>/step/", team.mentor_step, name="mentor_step"),
    path("team/on-call/", team.on_call, name="on_call"),
    path("leave/", leave.leaves, name="leaves"),
    path("leave/find/", leave.leave_find, name="leave_find"),
    path("leave/person/<uuid:pk>/", leave.leave_plan, name="leave_plan"),
    path("leave/<uuid:pk>/answer/", leave.leave_answer, name="leave_answer"),
    path("leave/<uuid:pk>/change/", leave.leave_change, name="leave_change"),
    path("concerns/<uuid:pk>/", team.concern, name="concern"),
    path("concerns/<uuid:pk>/acknowledge/", team.concern_acknowledge, name="concern_acknowledge"),
    path("concerns/<uuid:pk>/resolve/", team.concern_resolve, name="concern_resolve"),
    path("paperwork/", paperwork.paperwork, name="paperwork"),
    path("paperwork/<uuid:pk>/take-up/", paperwork.paperwork_take_up, name="paperwork_take_up"),
]
