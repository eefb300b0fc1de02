"""A signed assessment, its ratings and its judgements can never be changed, added to or removed.

Only the handling mark may move, when an act releases the assessment to the panel.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION vaf_signed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed boolean;
BEGIN
  IF tg_op = 'UPDATE' AND to_jsonb(new) - 'mark' = to_jsonb(old) - 'mark' THEN
    RETURN new;
  END IF;
  IF tg_table_name = 'vaf_assessment' THEN
    signed := old.status = 'signed';
  ELSE
    SELECT status = 'signed' INTO signed FROM vaf_assessment
      WHERE id = (coalesce(to_jsonb(old), to_jsonb(new)) ->> 'assessment_id')::bigint;
  END IF;
  IF signed THEN
    RAISE EXCEPTION 'a signed assessment is final: % on %', tg_op, tg_table_name
      USING errcode = 'insufficient_privilege';
  END IF;
  RETURN coalesce(new, old);
END $$;
CREATE TRIGGER vaf_signed_is_final BEFORE UPDATE OR DELETE ON vaf_assessment
  FOR EACH ROW EXECUTE FUNCTION vaf_signed_is_final();
CREATE TRIGGER vaf_signed_is_final BEFORE INSERT OR UPDATE OR DELETE ON vaf_rating
  FOR EACH ROW EXECUTE FUNCTION vaf_signed_is_final();
CREATE TRIGGER vaf_signed_is_final BEFORE INSERT OR UPDATE OR DELETE ON vaf_judgement
  FOR EACH ROW EXECUTE FUNCTION vaf_signed_is_final();
"""

UNGUARD = """
DROP TRIGGER vaf_signed_is_final ON vaf_assessment;
DROP TRIGGER vaf_signed_is_final ON vaf_rating;
DROP TRIGGER vaf_signed_is_final ON vaf_judgement;
DROP FUNCTION vaf_signed_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("vaf", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
