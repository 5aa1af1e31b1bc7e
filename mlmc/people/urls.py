from django.urls import path

from mlmc.people import leaver, views

app_name = "people"
urlpatterns = [
    path("people/", views.person_list, name="people"),
    path("people/find/", views.person_find, name="find"),
    path("people/invite/", views.invite, name="invite"),
    path("people/roles/", views.who_can, name="who_can"),
    path("people/teams/", views.team_list, name="teams"),
    path("people/teams/<uuid:pk>/", views.team_rename, name="team_rename"),
    path("people/requests/<uuid:pk>/", views.role_answer, name="role_answer"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/link/", views.new_link, name="new_link"),
    path("people/<uuid:pk>/sign-out/", views.sign_out, name="sign_out"),
    path("people/<uuid:pk>/leave/", leaver.leave, name="leave"),
    path("people/<uuid:pk>/leave/<slug:kind>/", leaver.hand_over, name="hand_over"),
    path("people/<uuid:pk>/return/", views.come_back, name="come_back"),
]
