from django.urls import path

from mlmc.core.views import account, door, further_look, lock

app_name = "core"
urlpatterns = [
    path("sign-in/", door.sign_in, name="sign_in"),
    path("sign-in/code/", door.sign_in_code, name="sign_in_code"),
    path("sign-in/passkey/", door.passkey_sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/begin/", door.passkey_begin, name="passkey_begin"),
    path("sign-out/", door.sign_out, name="sign_out"),
    path("join/<str:token>/", door.join, name="join"),
    path("lock/", lock.lock, name="lock"),
    path("unlock/", lock.unlock, name="unlock"),
    path("confirm/", lock.confirm, name="confirm"),
    path("account/", account.account, name="account"),
    path("account/set-up/", account.set_up, name="set_up"),
    path("account/passkeys/new/", account.passkey_new, name="passkey_new"),
    path("account/passkeys/add/", account.passkey_add, name="passkey_add"),
    path("account/passkeys/<uuid:pk>/remove/", account.passkey_remove, name="passkey_remove"),
    path("account/app/", account.app, name="app"),
    path("account/app/remove/", account.app_remove, name="app_remove"),
    path("account/codes/", account.codes, name="codes"),
    path("account/password/", account.password, name="password"),
    path("account/email/", account.email, name="email"),
    path("account/sessions/end/", account.session_end, name="session_end"),
    path("further-look/", further_look.further_look, name="further_look"),
]
