"""The door to rows about people: `visible_to(user)` and nothing else.

A model with personal data has two doors. `objects` knows only who may see what; the manager `rows`
is every row, for verbs, handlers and commands, which act for nobody in particular. A test holds
that views, forms and the admin never say `rows`. Refuses to hold any rule: each model's own
queryset has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from django.db import models

if TYPE_CHECKING:
    from clinic.people.models.staff import User

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


class OutOfScope(Exception):
    """Rows about people were asked for without saying for whom."""


class Scoped(Generic[Rows]):
    """What stands as `objects` on a model with personal data.

    With `through`, the name of a foreign key, a row is seen by whoever sees the row it points at;
    else the model's own queryset decides.
    """

    def __init__(self, *, through: str = "") -> None:
        self.model: type[models.Model] | None = None
        self.through = through

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        """Called by Django for each model, and for each that inherits it."""
        own = Scoped[Rows](through=self.through)
        own.model = model
        setattr(model, name, own)

    def visible_to(self, user: User) -> Rows:
        """The rows a colleague may see."""
        assert self.model is not None
        rows: Any = self.model._default_manager.all()
        if not self.through:
            return cast("Rows", rows.visible_to(user))
        parent: Any = self.model._meta.get_field(self.through).related_model
        seen = parent.objects.visible_to(user).values("pk")
        return cast("Rows", rows.filter(**{f"{self.through}__in": seen}))

    def __getattr__(self, name: str) -> NoReturn:
        """Raises `OutOfScope`: here is no way around `visible_to`."""
        if name.startswith("__"):
            raise AttributeError(name)
        of = self.model.__name__ if self.model else "these"
        raise OutOfScope(f"{of} rows are seen through visible_to(user), not {name}.")
