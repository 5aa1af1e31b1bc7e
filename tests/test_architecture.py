"""The shape of the code, kept by tests rather than by memory."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import get_resolver

from mlmc.core.crypto import EncryptedTextField

ROOT = Path(__file__).parent.parent
LAYERS = ["mlmc.core", "cases", "mentors", "matching", "outcomes"]  # each may import those before it
OURS = [*LAYERS[1:], "mlmc", "tests"]
MODULES = [
    path
    for layer in LAYERS
    for path in sorted((ROOT / layer.replace(".", "/")).rglob("*.py"))
    if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
INCLUDE = re.compile(r'{%\s*include\s+"([^"]+)"([^%]*)%}')
PYTHON = [path for top in OURS for path in sorted((ROOT / top).rglob("*.py"))]


def name_of(path):
    return str(path.relative_to(ROOT))


every_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


def nodes(path):
    return list(ast.walk(ast.parse(path.read_text())))


def imported(path):
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(name):
    return next((n for n, layer in enumerate(LAYERS) if f"{name}.".startswith(f"{layer}.")), -1)


@every_module
def test_a_module_imports_only_from_its_own_layer_or_below(path):
    own = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))

    assert [name for name in imported(path) if layer_of(name) > own] == []


@every_module
def test_an_app_imports_nothing_that_imports_all_apps(path):
    """Of mlmc the apps know its core, and the program's settings, which lie below every app."""
    known = ("mlmc.core.", "mlmc.program")

    assert [name for name in imported(path) if name.startswith("mlmc.") and not name.startswith(known)] == []


@every_module
def test_no_lower_app_names_an_upper_apps_related_name(path):
    """A related name in a query is an import in disguise."""
    own = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    upper = {
        field.name
        for model in apps.get_models()
        for field in model._meta.related_objects
        if layer_of(model.__module__) <= own < layer_of(field.related_model.__module__)
    }
    words = [getattr(node, "arg", None) or getattr(node, "attr", None) for node in nodes(path)]

    assert {part for word in words if word for part in word.split("__")} & upper == set()


@every_module
def test_a_status_is_set_in_lifecycle_modules_only(path):
    attributes = [n.attr for n in nodes(path) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    updates = [
        keyword.arg
        for n in nodes(path)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "update"
        for keyword in n.keywords
    ]

    assert path.name == "lifecycle.py" or "status" not in attributes + updates


def test_every_table_of_moves_knows_every_status_and_has_no_dead_end():
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in MODULES if "\nMOVES = {" in p.read_text()]
    tables = [(module.Status, module.MOVES) for module in map(import_module, names)]

    assert len(tables) == 9
    for statuses, moves in tables:
        assert set(moves) == set(statuses)
        assert all(moves.values())
        assert {to for ends in moves.values() for to in ends} <= set(statuses)


def test_every_template_is_used():
    code = "".join(path.read_text() for path in [*PYTHON, *TEMPLATES])
    by_name = ("bootstrap5/", "403_csrf.html")  # looked up by crispy and by Django
    names = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]

    assert [n for n in names if f'"{n}"' not in code and f"'{n}'" not in code and not n.startswith(by_name)] == []


def test_no_template_has_inline_script_or_style():
    inline = re.compile(r"""<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=["']|javascript:""")

    assert [name_of(path) for path in TEMPLATES if inline.search(path.read_text())] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_partial_says_what_it_needs(path):
    if path.name.startswith("_"):
        assert "{# Needs" in path.read_text().split("\n")[0], "line 1 of a partial says what it needs"


def holds_a_form(text, by_name):
    """Whether this template, or one it includes, sends a form."""
    return "{% csrf_token %}" in text or any(holds_a_form(by_name[name], by_name) for name, _ in INCLUDE.findall(text))


def test_a_partial_with_a_form_gets_what_proves_that_it_came_from_here():
    """`only` keeps everything else away from it, and every button in it would answer 403."""
    by_name = {str(path.relative_to(ROOT / "templates")): path.read_text() for path in TEMPLATES}

    kept_away = [
        (where, name)
        for where, text in by_name.items()
        for name, given in INCLUDE.findall(text)
        if re.search(r"\bonly\b", given) and "csrf_token=csrf_token" not in given
        if holds_a_form(by_name[name], by_name)
    ]
    assert kept_away == []


def test_names_in_databases_are_never_unique_when_they_are_encrypted():
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                assert not field.unique, f"{model._meta.label}.{field.name} would be an oracle"


def test_url_names_are_there_once_and_carry_ids_only():
    patterns = []

    def walk(resolver, prefix=""):
        for part in resolver.url_patterns:
            route = prefix + str(part.pattern)
            walk(part, route) if hasattr(part, "url_patterns") else patterns.append(route)

    walk(get_resolver())
    told = {part for route in patterns if not route.startswith("s/") for part in re.findall(r"<([^>]+)>", route)}

    assert {part for part in told if not part.startswith("uuid:")} <= {
        "str:token",
        "slug:to",
        "slug:role",  # of a guide
        "str:name",  # of a hint
        "slug:section",  # of the settings
        "slug:kind",  # of what is brought in
    }  # a secret, and the word of a step
    assert len(patterns) == len(set(patterns))


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_module_says_what_it_is_for(path):
    plain = path.name in {"apps.py", "urls.py"} or "migrations" in path.parts

    assert plain or not path.read_text().strip() or ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
