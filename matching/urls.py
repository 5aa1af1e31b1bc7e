from django.urls import path

from matching import views

app_name = "matching"
urlpatterns = [
    path("match/", views.board, name="board"),
    path("match/<uuid:pk>/", views.board_of, name="board_of"),
    path("match/<uuid:pk>/propose/", views.propose, name="propose"),
    path("match/<uuid:pk>/youth-answer/", views.youth_answer, name="youth_answer"),
    path("match/<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("asked/<uuid:pk>/", views.asked, name="asked"),
    path("asked/<uuid:pk>/answer/", views.mentor_answer, name="mentor_answer"),
]
