"""Colleagues: accounts, roles, absences."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.people.roles import Role, granted


class UserQuerySet(models.QuerySet["User"]):
    """Colleagues, as they are asked for."""

    def with_role(self, role: str) -> UserQuerySet:
        """Active colleagues who hold a role, in order of e-mail address."""
        return self.filter(is_active=True, roles_held__role=role).order_by("email")

    def able_to_sign_in(self) -> UserQuerySet:
        """Active and with a password; who was invited and has chosen none opens no list."""
        return self.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def present(self, *, at: datetime | Now) -> UserQuerySet:
        """Able to sign in, and not away at this instant."""
        away = Absence.objects.filter(starts_at__lte=at, ends_at__gt=at)
        return self.able_to_sign_in().exclude(pk__in=away.values("user_id"))


class UserManager(BaseUserManager["User"]):
    """Makes accounts; e-mail addresses are compared in lower case."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def with_role(self, role: str) -> UserQuerySet:
        """Active colleagues who hold a role."""
        return self.get_queryset().with_role(role)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A colleague's account; without a password it cannot sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account that may configure everything; it sees no patient without a role."""
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser):
    """A colleague. Permissions come from roles; patients from `visible_to`, never from here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(
        _("job in plain words"), max_length=80, blank=True, help_text=_("Shown to patients.")
    )
    extension = models.CharField(_("extension"), max_length=12, blank=True)
    languages = models.JSONField(
        _("languages spoken"), default=list, blank=True, help_text=_('Codes, such as ["en", "es"].')
    )
    capacity = models.PositiveSmallIntegerField(
        _("capacity"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("Open requests one colleague can look after."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_superuser = models.BooleanField(_("may configure everything"), default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        ordering = ("full_name", "id")
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")
        constraints = (
            models.CheckConstraint(condition=Q(capacity__gte=1), name="user_capacity_is_positive"),
        )

    def __str__(self) -> str:
        return self.full_name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The codes of the roles she holds."""
        return frozenset(self.roles_held.values_list("role", flat=True))

    def has_role(self, *roles: str) -> bool:
        """Whether she is active and holds any of these roles."""
        return self.is_active and not self.roles.isdisjoint(roles)

    @property
    def can_sign_in(self) -> bool:
        """Whether she is active and has chosen a password."""
        return self.is_active and self.has_usable_password()

    @property
    def is_staff(self) -> bool:
        """Every active colleague may open the admin; what she finds there her roles decide."""
        return self.is_active

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether her roles carry a Django permission."""
        return self.is_active and (self.is_superuser or perm in granted(self.roles))

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        """Whether her roles carry all of these permissions."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether her roles carry any permission of an app."""
        mine = granted(self.roles)
        return self.is_active and (
            self.is_superuser or any(perm.startswith(f"{app_label}.") for perm in mine)
        )


class RoleHeld(models.Model):
    """One role of one colleague."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles_held")
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        ordering = ("role",)
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            models.UniqueConstraint(fields=("user", "role"), name="role_held_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_is_known"),
        )

    def __str__(self) -> str:
        return self.get_role_display()


class Absence(models.Model):
    """A time in which nothing new is given to a colleague."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        ordering = ("starts_at",)
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="absence_ends_after_it_starts"
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} – {self.ends_at:%Y-%m-%d}"

    @property
    def last_moment(self) -> datetime:
        """An instant of the last day: the end is the midnight after it."""
        return self.ends_at - timedelta(seconds=1)
