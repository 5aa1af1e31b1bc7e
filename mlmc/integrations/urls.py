from django.urls import path

from mlmc.integrations import views

app_name = "integrations"
urlpatterns = [
    path("programs/", views.programs, name="programs"),
    path("programs/docs/", views.docs, name="docs"),
    path("programs/<uuid:pk>/revoke/", views.revoke, name="revoke"),
]
