from django.urls import path

from mlmc.office import views

app_name = "office"
urlpatterns = [
    path("set-up/", views.set_up, name="set_up"),
    path("first-days/", views.first_steps, name="first_steps"),
    path("settings/", views.settings, name="settings"),
    path("settings/<slug:section>/", views.section_save, name="section_save"),
    path("key-sheet/", views.key_sheet, name="key_sheet"),
]
