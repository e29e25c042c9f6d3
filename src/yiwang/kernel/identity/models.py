"""Accounts, organizations, posts and roles. 账号、机构、岗位与角色。"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class Account(AbstractBaseUser):
    """Who signs in. 账号。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    name = models.CharField(max_length=150, unique=True)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
