"""Signing in and out, and what a person keeps about themself. 登录与个人中心。"""

from __future__ import annotations

from django.urls import path

from . import me, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("me/", me.profile, name="profile"),
    path("me/password/", sign_in.change_password, name="password"),
    path("me/sessions/", me.sessions, name="sessions"),
    path("me/sessions/<str:session_id>/end/", me.end_session, name="end_session"),
    path("me/tokens/", me.tokens, name="tokens"),
    path("me/tokens/<str:token_id>/rotate/", me.rotate_token, name="rotate_token"),
    path("me/tokens/<str:token_id>/revoke/", me.revoke_token, name="revoke_token"),
]
