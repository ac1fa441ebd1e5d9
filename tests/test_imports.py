"""The house's walls: two arrows between the wings, no circle between files, Celery behind doors."""

import fnmatch

import grimp
import pytest
from django.apps import apps
from django.conf import settings

WINGS = ("education", "referrals")
CELERY_DOORS = ("*.tasks", "clinic.celery", "clinic.outbox.wake")


@pytest.fixture(scope="module")
def graph():
    # grimp reads imports inside functions, too; those made only for types are left out nowhere.
    return grimp.build_graph("clinic", *WINGS, include_external_packages=True, cache_dir=None)


def wing(module: str) -> str:
    return module.partition(".")[0]


def test_there_are_two_arrows(graph):
    ours = [one for one in graph.modules if wing(one) in {"clinic", *WINGS}]
    arrows = {
        (wing(importer), wing(imported))
        for importer in ours
        for imported in graph.find_modules_directly_imported_by(importer)
        if wing(imported) in {"clinic", *WINGS} and wing(imported) != wing(importer)
    }
    assert arrows <= {("education", "clinic"), ("referrals", "clinic")}


def test_no_file_is_in_a_circle(graph):
    assert (
        circles(
            {
                module: graph.find_modules_directly_imported_by(module)
                for module in graph.modules
                if wing(module) in {"clinic", *WINGS}
            }
        )
        == []
    )


def circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Every group of modules that reach each other; a module alone is no circle."""
    reach = {one: reachable(one, imports) for one in imports}
    groups = {
        tuple(sorted({one, *(other for other in reach[one] if one in reach.get(other, ()))}))
        for one in imports
        if one in reach[one]
    }
    return sorted(map(list, groups))


def reachable(start: str, imports: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(imports[start])
    while waiting:
        if (module := waiting.pop()) not in seen:
            seen.add(module)
            waiting.extend(imports.get(module, ()))
    return seen


def test_the_circle_finder_finds_circles():
    found = circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": {"e"}})
    assert found == [["a", "b", "c"], ["e"]]


def test_celery_is_imported_at_its_doors_only(graph):
    importers = graph.find_modules_that_directly_import("celery") | (
        graph.find_modules_that_directly_import("kombu") if "kombu" in graph.modules else set()
    )
    outside = [
        one for one in importers if not any(fnmatch.fnmatch(one, door) for door in CELERY_DOORS)
    ]
    assert outside == []


def wing_of_model(model) -> str:
    # Django's own models (permissions, content types) lie below every wing.
    name = wing(model.__module__)
    return name if name in {"clinic", *WINGS} else "django"


def test_model_relations_go_downwards_only():
    """String foreign keys are invisible to an import graph, so the models are asked themselves."""
    below = {"clinic": {"clinic", "django"}, "django": {"django", "clinic"}}
    below |= {name: {name, "clinic", "django"} for name in WINGS}
    upwards = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and not field.auto_created and field.related_model
        if wing_of_model(field.related_model) not in below[wing_of_model(model)]
    ]
    assert upwards == []


def test_both_wings_are_asked():
    assert set(settings.WINGS) == set(WINGS)
