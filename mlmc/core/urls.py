from django.contrib.auth.views import LogoutView
from django.urls import path

from mlmc.core import views

app_name = "core"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("further-look/", views.further_look, name="further_look"),
    path("join/<str:token>/", views.join, name="join"),
]
