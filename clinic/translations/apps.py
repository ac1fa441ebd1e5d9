"""Start-up: whichever process starts first after a catalog has changed compiles it."""

from __future__ import annotations

from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    """The words of pages and forms in other languages."""

    name = "clinic.translations"
    label = "translations"

    def ready(self) -> None:
        """Without the compiled file the site would speak English only, and say nothing of it."""
        from clinic.translations.compiling import compile_changed

        compile_changed()
