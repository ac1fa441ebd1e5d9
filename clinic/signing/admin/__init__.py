"""The admin of the signing room, one module a model. Refuses any rule: those are verbs."""

from clinic.signing.admin import approvals, texts, versions

__all__ = ["approvals", "texts", "versions"]
