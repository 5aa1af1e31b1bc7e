"""What is asked at the front door."""

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from mlmc.core.forms import Form, PlainText


class SignInForm(Form):
    email = PlainText(
        max_length=254,
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"required": "Enter your e-mail."},
    )
    password = PlainText(
        max_length=128,
        strip=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )


class PasswordForm(Form):
    password = PlainText(
        max_length=128,
        strip=False,
        label="New password",
        help_text="Eight characters or more. Three words you can remember are good.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = PlainText(
        max_length=128,
        strip=False,
        label="The same once more",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        password_validation.validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean_again(self):
        if self.cleaned_data["again"] != self.cleaned_data.get("password"):
            raise ValidationError("This is not the same as above.")
        return self.cleaned_data["again"]
