"""The education wing, and what it tells the clinic when it starts. Refuses any other work."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EducationConfig(AppConfig):
    """Pages, facts and what readers are shown."""

    name = "education"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Register the kind of text, what an editor may do, and the sample pages."""
        from clinic.demo import samples
        from clinic.design import slots
        from clinic.people import roles
        from clinic.signing import kinds
        from education.codes import PAGE_TEXT
        from education.sample.loading import load

        kinds.register(
            kinds.TextKind(
                PAGE_TEXT,
                _("Page"),
                needs=(kinds.MEDICAL,),
                written_by_owner=True,
                taken_down_by_owner=True,
            )
        )
        models = ("page", "edition", "block", "source", "indication")
        roles.grant(roles.EDITOR, *roles.crud("education", *models))
        roles.grant(roles.REVIEWER, *(f"education.view_{model}" for model in models))
        slots.fill("footer-links", "education/parts/footer_links.html")
        samples.register(20, load)
