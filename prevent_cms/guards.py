"""What the database itself refuses, installed after every `migrate` and safe to install again.

- Requests run as a role that owns nothing, so no slip of the application can lift a guard.
- Events and row history refuse UPDATE, DELETE and TRUNCATE.
- A change of an audited row that leaves no version in the same transaction is refused at commit,
  which catches `update()`, `bulk_create()` and raw SQL.
- Events are numbered and hashed, each with the one before it, chain by chain.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connections, models

RUNTIME_ROLE = "prevent_runtime"

FUNCTIONS = """
CREATE OR REPLACE FUNCTION prevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'TRUNCATE' AND current_setting('prevent.test_database', true) = 'on' THEN
    RETURN NULL;  -- only a test's own database sets this, between tests
  END IF;
  RAISE EXCEPTION 'append-only: % on %', tg_op, tg_table_name
    USING errcode = 'insufficient_privilege';
END $$;

CREATE OR REPLACE FUNCTION prevent_must_have_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1 AND txid = pg_current_xact_id())',
                 tg_argv[0]) INTO found USING coalesce(new.id, old.id);
  IF NOT found THEN
    RAISE EXCEPTION 'change of % % left no history', tg_table_name, coalesce(new.id, old.id)
      USING errcode = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION prevent_event_hash(e prevent_cms_event, previous bytea)
RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
    e.chain, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.type,
    e.actor_id, e.actor_label, e.area_code, e.case_reference, e.agency_id, e.mark, e.target,
    e.details)::text, 'UTF8'))
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

CREATE OR REPLACE TRIGGER prevent_chain BEFORE INSERT ON prevent_cms_event
  FOR EACH ROW EXECUTE FUNCTION prevent_chain_event();
"""

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


def install(using: str) -> None:
    """Create the role, the grants and the triggers for the tables as they are now."""
    event = apps.get_model("prevent_cms", "Event")
    tables = [event, *sealed_models(), *(history for _, history in audited_models())]
    with connections[using].cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(ROLE.format(role=RUNTIME_ROLE))
        for model in tables:
            cursor.execute(APPEND_ONLY.format(table=model._meta.db_table, role=RUNTIME_ROLE))
        for model, history in audited_models():
            cursor.execute(
                MUST_HAVE_HISTORY.format(table=model._meta.db_table, history=history._meta.db_table)
            )
