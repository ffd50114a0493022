CREATE TABLE `corrections` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_seq` integer NOT NULL,
	`window_end` integer NOT NULL,
	`reporter_seq` integer NOT NULL,
	`project_seq` integer NOT NULL,
	`window_start` integer NOT NULL,
	`kind` text NOT NULL,
	`revision` integer NOT NULL,
	`before` text,
	`after` text NOT NULL,
	`delta_cents` integer NOT NULL,
	`invoice` text,
	`lines` text NOT NULL,
	`reason` text NOT NULL,
	`corrected_at` integer NOT NULL,
	`corrected_by` text NOT NULL,
	`request` text NOT NULL,
	CONSTRAINT "correction_row" CHECK("corrections"."window_start" < "corrections"."window_end" AND "corrections"."revision" >= 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `corrections_request` ON `corrections` (`customer_seq`,`request`);--> statement-breakpoint
CREATE INDEX `corrections_window` ON `corrections` (`customer_seq`,`reporter_seq`,`project_seq`,`window_end`);--> statement-breakpoint
CREATE INDEX `corrections_made` ON `corrections` (`corrected_at`);--> statement-breakpoint
ALTER TABLE `reviews` ADD `delta_cents` integer;