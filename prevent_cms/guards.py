"""What the database itself refuses, installed after every `migrate` and safe to install again.

- Requests run as a role that owns nothing, so no slip of the application can lift a guard.
- Events and row history refuse UPDATE, DELETE and TRUNCATE.
- A change of an audited row that leaves no version in the same transaction is refused at commit,
  which catches `update()`, `bulk_create()` and raw SQL.
- Events are numbered and hashed, each with the one before it, chain by chain.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

from prevent_cms.database import RUNTIME_ROLE
from prevent_cms.history import chain

FUNCTIONS = """
CREATE OR REPLACE FUNCTION prevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'TRUNCATE' AND current_setting('prevent.test_database', true) = 'on' THEN
    RETURN NULL;  -- only a test's own database sets this, between tests
  END IF;
  RAISE EXCEPTION 'append-only: % on %', tg_op, tg_table_name
    USING errcode = 'insufficient_privilege';
END $$;

-- Fires at commit, when the act that changed the row may have ended; it looks as the service.
CREATE OR REPLACE FUNCTION prevent_must_have_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found boolean; was text := coalesce(current_setting('prevent.service', true), '');
BEGIN
  PERFORM set_config('prevent.service', 'on', true);
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1 AND txid = pg_current_xact_id())',
                 tg_argv[0]) INTO found USING coalesce(new.id, old.id);
  PERFORM set_config('prevent.service', was, true);
  IF NOT found THEN
    RAISE EXCEPTION 'change of % % left no history', tg_table_name, coalesce(new.id, old.id)
      USING errcode = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION prevent_event_hash(e prevent_cms_event, previous bytea)
RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(coalesce(previous, ''::bytea) || {content})
$$;

CREATE OR REPLACE FUNCTION prevent_chain_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
  PERFORM pg_advisory_xact_lock(4242, hashtext(new.chain));
  SELECT seq, hash INTO last FROM prevent_cms_event
    WHERE chain = new.chain ORDER BY seq DESC LIMIT 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, ''::bytea);
  new.hash := prevent_event_hash(new, new.previous);
  RETURN new;
END $$;

CREATE OR REPLACE FUNCTION prevent_ids(setting text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    string_to_array(nullif(current_setting(setting, true), ''), ',')::bigint[], '{}'::bigint[])
$$;

CREATE OR REPLACE TRIGGER prevent_chain BEFORE INSERT ON prevent_cms_event
  FOR EACH ROW EXECUTE FUNCTION prevent_chain_event();
""".replace("{content}", chain.CONTENT)

ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN;
    GRANT {role} TO CURRENT_USER;  -- an owner who is no superuser may take it on as well
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
"""

APPEND_ONLY = """
REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role};
CREATE OR REPLACE TRIGGER prevent_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION prevent_append_only();
CREATE OR REPLACE TRIGGER prevent_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION prevent_append_only();
"""

# Marked case material: who may read or write a row in a transaction that acts for them (wall.py).
WALL = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS prevent_wall ON {table};
CREATE POLICY prevent_wall ON {table} FOR ALL USING ({rule}) WITH CHECK ({rule});
"""
READABLE = """
  mark NOT IN ('POLICE', 'AGENCY')
  OR current_setting('prevent.service', true) = 'on'
  OR (mark = 'POLICE' AND EXISTS (SELECT FROM {cases} c WHERE c.id = {table}.case_id
      AND c.area_id = ANY (prevent_ids('prevent.police_areas'))
      AND NOT EXISTS (SELECT FROM {bars} b WHERE b.case_id = c.id AND b.lifted_at IS NULL
                      AND b.user_id = ANY (prevent_ids('prevent.user')))))
"""
ONLY_FOR = """
  {column} = ANY (prevent_ids('prevent.user')) OR current_setting('prevent.service', true) = 'on'
"""
FOR_POLICE = """
  current_setting('prevent.service', true) = 'on'
  OR cardinality(prevent_ids('prevent.police_areas')) > 0
"""
FOR_AGENCY = """
  current_setting('prevent.service', true) = 'on'
  OR ({column} = ANY (prevent_ids('prevent.agencies'))
      AND NOT kept_from && prevent_ids('prevent.user'))
"""
OWN_AGENCY = " OR (mark = 'AGENCY' AND agency_id = ANY (prevent_ids('prevent.agencies')))"

MUST_HAVE_HISTORY = """
ALTER TABLE {history} ADD COLUMN IF NOT EXISTS txid xid8 DEFAULT pg_current_xact_id();
CREATE INDEX IF NOT EXISTS {history}_txid ON {history} (id, txid);
DROP TRIGGER IF EXISTS prevent_must_have_history ON {table};
CREATE CONSTRAINT TRIGGER prevent_must_have_history AFTER INSERT OR UPDATE OR DELETE ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION prevent_must_have_history('{history}');
"""


def audited_models() -> Iterator[tuple[type[models.Model], type[models.Model]]]:
    """Every model with row history, and the model of its versions."""
    for model in apps.get_models():
        manager = getattr(model._meta, "simple_history_manager_attribute", None)
        if manager:
            yield model, getattr(model, manager).model


def sealed_models() -> list[type[models.Model]]:
    """Models whose rows can never be changed once written, beside events and history."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False)]


def marked_models() -> Iterator[type[models.Model]]:
    """Every table of case material with a handling mark, and the tables of their versions."""
    for model in apps.get_models():
        if {"mark", "case"} <= {field.name for field in model._meta.get_fields()}:
            yield model


def private_models() -> Iterator[type[models.Model]]:
    """Every table whose rows are each for one person."""
    for model in apps.get_models():
        if hasattr(model, "only_for"):
            yield model


def police_models() -> Iterator[type[models.Model]]:
    """Every table that is for police of whatever area, because it holds what nobody has marked."""
    for model in apps.get_models():
        if getattr(model, "for_police", False):
            yield model


def agency_models() -> Iterator[type[models.Model]]:
    """Every table whose rows are each for the people of one agency, and the tables of versions.

    Such a row names in `kept_from` the people of that agency who are barred from it.
    """
    for model in apps.get_models():
        if hasattr(model, "for_agency"):
            yield from (model, model.history.model)  # type: ignore[attr-defined]


def _wall_of(model: type[models.Model]) -> str:
    case: Any = model._meta.get_field("case").related_model
    table, columns = model._meta.db_table, {f.attname for f in model._meta.concrete_fields}
    bars = case.bars.rel.related_model._meta.db_table
    rule = READABLE.format(table=table, cases=case._meta.db_table, bars=bars)
    return WALL.format(table=table, rule=rule + (OWN_AGENCY if "agency_id" in columns else ""))


def install(using: str) -> None:
    """Create the role, the grants and the triggers for the tables as they are now."""
    event = apps.get_model("prevent_cms", "Event")
    tables = [event, *sealed_models(), *(history for _, history in audited_models())]
    with connections[using].cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(ROLE.format(role=RUNTIME_ROLE))
        for model in tables:
            cursor.execute(APPEND_ONLY.format(table=model._meta.db_table, role=RUNTIME_ROLE))
        for model in marked_models():
            cursor.execute(_wall_of(model))
        for model in private_models():
            rule = ONLY_FOR.format(column=model.only_for)  # type: ignore[attr-defined]
            cursor.execute(WALL.format(table=model._meta.db_table, rule=rule))
        for model in police_models():
            cursor.execute(WALL.format(table=model._meta.db_table, rule=FOR_POLICE))
        for model in agency_models():
            cursor.execute(
                WALL.format(table=model._meta.db_table, rule=FOR_AGENCY.format(column="agency_id"))
            )
        for model, history in audited_models():
            cursor.execute(
                MUST_HAVE_HISTORY.format(table=model._meta.db_table, history=history._meta.db_table)
            )
