"""A view that says hello, and a form behind a sign-in that saves one row."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import path

from bench.floor.models import Meeting


class MeetingForm(forms.ModelForm):
    class Meta:
        model = Meeting
        fields = ("kind", "held_on", "minutes", "words")


def hello(request):
    return JsonResponse({"hello": "world"})


@login_required
def form(request):
    filled = MeetingForm(request.POST or None)
    if request.method == "POST" and filled.is_valid():
        filled.instance.user = request.user
        filled.save()
        return redirect("/hello/")
    return render(request, "floor/form.html", {"form": filled}, status=400 if request.POST else 200)


urlpatterns = [path("hello/", hello), path("form/", form)]
