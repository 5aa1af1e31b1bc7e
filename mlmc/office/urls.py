from django.urls import path

from mlmc.office import restore_pages, views

app_name = "office"
urlpatterns = [
    path("set-up/", views.set_up, name="set_up"),
    path("set-up/restore/", restore_pages.restore, name="restore"),
    path("set-up/restore/backup/", restore_pages.restore_backup, name="restore_backup"),
    path("set-up/restore/wait/", restore_pages.restore_wait, name="restore_wait"),
    path("first-days/", views.first_steps, name="first_steps"),
    path("settings/", views.settings, name="settings"),
    path("settings/<slug:section>/", views.section_save, name="section_save"),
    path("key-sheet/", views.key_sheet, name="key_sheet"),
]
