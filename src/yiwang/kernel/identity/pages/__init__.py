"""Signing in and out, and what a person keeps about themself. 登录与个人中心。"""

from __future__ import annotations

from django.urls import path

from . import sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("me/password/", sign_in.change_password, name="password"),
]
