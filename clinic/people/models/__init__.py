"""The tables of the people room."""

from clinic.people.models.access import Attempt, PrivateLink, Reference
from clinic.people.models.person import Consent, Helper, Person, PersonIdentifier
from clinic.people.models.staff import Absence, RoleHeld, User

__all__ = [
    "Absence",
    "Attempt",
    "Consent",
    "Helper",
    "Person",
    "PersonIdentifier",
    "PrivateLink",
    "Reference",
    "RoleHeld",
    "User",
]
