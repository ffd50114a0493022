ALTER TABLE `customers` ADD `ownership_version` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
-- Every change of who owns which meters counts, whichever statement makes it (src/db/control-schema.ts).
CREATE TRIGGER ownerships_counted_insert AFTER INSERT ON ownerships
BEGIN
  UPDATE customers SET ownership_version = ownership_version + 1
  WHERE id = (SELECT customer_id FROM projects WHERE seq = NEW.project_seq);
END;
--> statement-breakpoint
CREATE TRIGGER ownerships_counted_update AFTER UPDATE ON ownerships
BEGIN
  UPDATE customers SET ownership_version = ownership_version + 1
  WHERE id = (SELECT customer_id FROM projects WHERE seq = NEW.project_seq);
END;
--> statement-breakpoint
CREATE TRIGGER ownerships_counted_delete AFTER DELETE ON ownerships
BEGIN
  UPDATE customers SET ownership_version = ownership_version + 1
  WHERE id = (SELECT customer_id FROM projects WHERE seq = OLD.project_seq);
END;
