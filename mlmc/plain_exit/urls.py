from django.urls import path

from mlmc.plain_exit import views

app_name = "plain_exit"
urlpatterns = [
    path("exit/", views.exits, name="exits"),
    path("exit/<uuid:pk>/answer/", views.exit_answer, name="exit_answer"),
]
