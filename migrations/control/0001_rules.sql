-- Rules that a column cannot say. The messages are matched by src/db/client.ts.
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'audit_log is append-only');
END;
--> statement-breakpoint
-- The same start again is left to the primary key, so that storing a period twice can change nothing.
CREATE TRIGGER billing_periods_no_overlap BEFORE INSERT ON billing_periods
WHEN EXISTS (
  SELECT 1 FROM billing_periods p
  WHERE p.customer_id = NEW.customer_id AND p.start_at <> NEW.start_at AND p.start_at < NEW.end_at AND p.end_at > NEW.start_at
) BEGIN
  SELECT RAISE(ABORT, 'period_overlap');
END;
--> statement-breakpoint
CREATE TRIGGER billing_periods_no_overlap_update BEFORE UPDATE OF start_at, end_at ON billing_periods
WHEN EXISTS (
  SELECT 1 FROM billing_periods p
  WHERE p.customer_id = NEW.customer_id AND p.rowid <> OLD.rowid AND p.start_at < NEW.end_at AND p.end_at > NEW.start_at
) BEGIN
  SELECT RAISE(ABORT, 'period_overlap');
END;
--> statement-breakpoint
-- Two reporters may not own the same meter of a namespace at the same time (rows of one reporter may overlap: a hand-over
-- writes what is left to the old owner before it ends the old row).
CREATE TRIGGER ownerships_no_overlap BEFORE INSERT ON ownerships
WHEN EXISTS (
  SELECT 1 FROM ownerships o
  WHERE o.project_seq = NEW.project_seq AND o.reporter_seq <> NEW.reporter_seq AND (o.meters & NEW.meters) <> 0
    AND o.from_at < coalesce(NEW.until_at, 9007199254740991) AND coalesce(o.until_at, 9007199254740991) > NEW.from_at
) BEGIN
  SELECT RAISE(ABORT, 'meter_owned');
END;
