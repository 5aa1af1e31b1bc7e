from django.urls import path

from mlmc.exporting import views

app_name = "exporting"
urlpatterns = [
    path("files/", views.files, name="files"),
    path("files/now/", views.files_now, name="files_now"),
    path("files/<uuid:pk>/again/", views.again, name="again"),
    path("files/<uuid:pk>/fetch/", views.fetch, name="fetch"),
]
