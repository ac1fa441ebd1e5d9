"""The tables of the people room."""

from clinic.people.models.access import Attempt, PrivateLink, Reference
from clinic.people.models.draft import Draft
from clinic.people.models.person import Consent, Helper, Person, PersonIdentifier
from clinic.people.models.search import SearchToken
from clinic.people.models.staff import Absence, RoleHeld, User

__all__ = [
    "Absence",
    "Attempt",
    "Consent",
    "Draft",
    "Helper",
    "Person",
    "PersonIdentifier",
    "PrivateLink",
    "Reference",
    "RoleHeld",
    "SearchToken",
    "User",
]
