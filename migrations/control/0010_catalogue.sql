CREATE TABLE `catalogues` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`sha256` text NOT NULL,
	`text` text NOT NULL,
	`published_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `plan_versions` (
	`plan` text NOT NULL,
	`version` text NOT NULL,
	`state` text NOT NULL,
	`position` integer NOT NULL,
	`definition` text NOT NULL,
	`published_at` integer NOT NULL,
	PRIMARY KEY(`plan`, `version`)
);

--> statement-breakpoint
CREATE TRIGGER plan_versions_stand BEFORE UPDATE OF plan, version, definition ON plan_versions
BEGIN SELECT RAISE(ABORT, 'version_published'); END;
--> statement-breakpoint
CREATE TRIGGER plan_versions_stay BEFORE DELETE ON plan_versions
BEGIN SELECT RAISE(ABORT, 'version_published'); END;
