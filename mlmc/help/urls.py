from django.urls import path

from mlmc.help import views

app_name = "help"
urlpatterns = [
    path("help/", views.index, name="index"),
    path("help/words/", views.glossary, name="words"),
    path("help/changes/", views.what_changed, name="changes"),
    path("help/practice/", views.practice_add, name="practice_add"),
    path("help/hint/<str:name>/hide/", views.hint_hide, name="hint_hide"),
    path("help/paper/check-in/", views.sheet_check_in, name="sheet_check_in"),
    path("help/paper/sign-in/", views.sheet_sign_in, name="sheet_sign_in"),
    path("help/paper/survey/", views.sheet_survey, name="sheet_survey"),
    path("help/paper/court/", views.sheet_court, name="sheet_court"),
    path("help/<slug:role>/", views.guide, name="guide"),
]
