from django.urls import path

from outcomes.views import follow_ups, report, survey

app_name = "outcomes"
urlpatterns = [
    path("outcomes/", report.report, name="report"),
    path("outcomes/file/", report.figures_file, name="figures_file"),
    path("follow-ups/", follow_ups.follow_up_list, name="follow_ups"),
    path("follow-ups/<uuid:pk>/", follow_ups.follow_up_detail, name="follow_up"),
    path("follow-ups/<uuid:pk>/link/", follow_ups.link_make, name="link_make"),
    path("follow-ups/<uuid:pk>/declined/", follow_ups.decline, name="decline"),
    path("follow-ups/<uuid:pk>/not-theirs/", follow_ups.not_theirs, name="not_theirs"),
    path("follow-ups/<uuid:pk>/missed/", follow_ups.miss, name="miss"),
    path("follow-ups/<uuid:pk>/open-again/", follow_ups.open_again, name="open_again"),
    path("s/<str:token>/", survey.survey, name="survey"),
    path("s/<str:token>/<int:number>/", survey.question, name="survey_question"),
    path("s/<str:token>/stop/", survey.stop, name="survey_stop"),
    path("s/<path:rest>", survey.nothing_here, name="no_survey"),
]
