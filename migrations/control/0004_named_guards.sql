ALTER TABLE `guards` ADD `name` text;--> statement-breakpoint
-- A guard that does not hold says its name (src/db/guards.ts); older Workers insert none and meet the CHECK.
CREATE TRIGGER guards_named BEFORE INSERT ON guards WHEN NEW.name IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'guard:' || NEW.name);
END;
