"""Appointment requests and the tries at reaching who made them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.appointments.codes import WORKFLOW, Outcome, PreferredTime, RequestStatus, VisitReason
from clinic.encryption import EncryptedTextField
from clinic.people import roles
from clinic.people.attempts import DUE_FIRST
from clinic.people.models import User
from clinic.people.models.asking import PersonRequest
from clinic.people.models.attempt import AttemptResult, ContactAttempt
from clinic.scoping import Scoped


class AppointmentRequestQuerySet(models.QuerySet["AppointmentRequest"]):
    """Requests, as they are asked for."""

    def visible_to(self, user: User) -> AppointmentRequestQuerySet:
        """Those a colleague may see: schedulers see all, others none."""
        return self if user.has_role(roles.SCHEDULER) else self.none()

    def waiting(self) -> AppointmentRequestQuerySet:
        """Not yet ended."""
        return self.filter(status__in=WORKFLOW.open)

    def overdue(self, *, at: datetime) -> AppointmentRequestQuerySet:
        """Waiting past the hour at which something was due."""
        return self.waiting().filter(next_at__lt=at)

    def soonest_first(self) -> AppointmentRequestQuerySet:
        """By what is due next, in a total order."""
        return self.order_by(*DUE_FIRST)


class AppointmentRequest(PersonRequest):
    """Somebody asks for a visit; a named colleague calls by a promised hour."""

    status = models.CharField(
        _("status"), max_length=12, choices=RequestStatus, default=RequestStatus.REQUESTED
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appointment_requests",
    )
    routing = models.JSONField(_("why this colleague"), default=dict, blank=True)
    reason = EncryptedTextField(_("reason"), choices=VisitReason)
    next_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    preferred_time = models.CharField(_("preferred time"), max_length=12, choices=PreferredTime)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)

    rows = AppointmentRequestQuerySet.as_manager()
    objects: ClassVar[Scoped[AppointmentRequestQuerySet]] = Scoped()

    class Meta(PersonRequest.Meta):
        abstract = False
        verbose_name = _("appointment request")
        verbose_name_plural = _("appointment requests")
        indexes = (models.Index(fields=("status", "next_at")),)
        constraints = (
            *PersonRequest.Meta.constraints,
            models.CheckConstraint(
                condition=Q(preferred_time__in=PreferredTime.values),
                name="appointmentrequest_time_is_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values),
                name="appointmentrequest_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(RequestStatus.RECEIVED, RequestStatus.ACCEPTED))
                | Q(owner__isnull=False),
                name="appointmentrequest_given_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.COMPLETED, outcome__in=Outcome.values)
                | (~Q(status=RequestStatus.COMPLETED) & Q(outcome="")),
                name="appointmentrequest_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(WORKFLOW.final), ended_at__isnull=False)
                | (~Q(status__in=sorted(WORKFLOW.final)) & Q(ended_at__isnull=True)),
                name="appointmentrequest_ends_when_it_ends",
            ),
        )

    def __str__(self) -> str:
        return f"appointment request {str(self.pk)[:8]}"

    @property
    def is_open(self) -> bool:
        """Whether something can still happen."""
        return self.status in WORKFLOW.open

    @property
    def waits_for_contact(self) -> bool:
        """Whether the promised call is still to come."""
        return self.is_open and not self.attempts.filter(result=AttemptResult.REACHED).exists()


class RequestAttempt(ContactAttempt):
    """A try at reaching the person of an appointment request."""

    request = models.ForeignKey(AppointmentRequest, models.PROTECT, related_name="attempts")

    rows = models.Manager()
    objects: ClassVar[Scoped[models.QuerySet[RequestAttempt]]] = Scoped(through="request")

    class Meta(ContactAttempt.Meta):
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
