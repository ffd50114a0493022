CREATE TABLE `own_meters` (
	`field` text PRIMARY KEY NOT NULL,
	`meter` text NOT NULL,
	`title` text NOT NULL,
	`unit` text NOT NULL,
	`adds_up` text NOT NULL,
	`source` text NOT NULL,
	`published_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `own_meters_meter_unique` ON `own_meters` (`meter`);--> statement-breakpoint
CREATE TRIGGER own_meters_stand BEFORE UPDATE OF field, meter, unit, adds_up ON own_meters
WHEN NEW.field IS NOT OLD.field OR NEW.meter IS NOT OLD.meter OR NEW.unit IS NOT OLD.unit OR NEW.adds_up IS NOT OLD.adds_up
BEGIN SELECT RAISE(ABORT, 'meter_published'); END;
--> statement-breakpoint
CREATE TRIGGER own_meters_stay BEFORE DELETE ON own_meters
BEGIN SELECT RAISE(ABORT, 'meter_published'); END;
