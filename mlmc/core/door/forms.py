"""What is asked at the front door, and on the page of one's own account."""

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError

from mlmc.core.forms import Email, Form, PlainText

LONGEST = 256  # a password; a phrase of many words is one


def secret(label, autocomplete, missing, **more):
    return PlainText(
        max_length=LONGEST,
        strip=False,
        label=label,
        missing=missing,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **more,
    )


class SignInForm(Form):
    email = PlainText(
        max_length=254,
        label="Work e-mail",
        missing="Enter your e-mail.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = secret(
        "Password", "current-password", "Enter your password.", help_text="Pasting and password managers welcome."
    )


class UnlockForm(Form):
    password = secret("Password", "current-password", "Enter your password.")


class CodeForm(Form):
    code = PlainText(
        max_length=40,
        label="Code",
        missing="Enter the code.",
        help_text="Six numbers from your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class AppForm(Form):
    code = PlainText(
        max_length=20,
        label="The six numbers it shows now",
        missing="Enter the six numbers.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(Form):
    name = PlainText(
        max_length=40,
        label="What you call it",
        missing="Give it a name, for example: my phone.",
        help_text="So that you know it again, for example: my phone.",
    )
    credential = PlainText(
        max_length=20_000,
        missing="Your device gave no passkey. Try again.",
        widget=forms.HiddenInput(),
    )


class EmailForm(Form):
    email = Email(label="Your e-mail")


class PasswordForm(Form):
    password = secret(
        "New password",
        "new-password",
        "Choose a password.",
        help_text="Eight characters or more. Three words you can remember are good.",
    )
    again = secret("The same once more", "new-password", "Type it once more.")

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
