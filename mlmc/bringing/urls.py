from django.urls import path

from mlmc.bringing import views

app_name = "bringing"
urlpatterns = [
    path("bring/", views.file_list, name="files"),
    path("bring/template/<slug:kind>/", views.template, name="template"),
    path("bring/<uuid:pk>/", views.file_detail, name="file"),
    path("bring/<uuid:pk>/columns/", views.columns, name="columns"),
    path("bring/<uuid:pk>/begin/", views.begin, name="begin"),
    path("bring/<uuid:pk>/progress/", views.progress, name="progress"),
    path("bring/<uuid:pk>/to-mend/", views.to_mend, name="to_mend"),
    path("bring/<uuid:pk>/undo/", views.undo, name="undo"),
    path("bring/<uuid:pk>/again/", views.again, name="again"),
    path("bring/<uuid:pk>/drop/", views.drop, name="drop"),
]
