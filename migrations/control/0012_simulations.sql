CREATE TABLE `simulations` (
	`id` text PRIMARY KEY NOT NULL,
	`sha256` text,
	`proposed` text NOT NULL,
	`period_start` integer,
	`customer_ids` text,
	`state` text NOT NULL,
	`reached` integer DEFAULT 0 NOT NULL,
	`customers` integer NOT NULL,
	`looked` integer DEFAULT 0 NOT NULL,
	`skipped` integer DEFAULT 0 NOT NULL,
	`incomplete` integer DEFAULT 0 NOT NULL,
	`failed` integer DEFAULT 0 NOT NULL,
	`before_cents` integer DEFAULT 0 NOT NULL,
	`after_cents` integer DEFAULT 0 NOT NULL,
	`top` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `simulations_running` ON `simulations` (`created_at`) WHERE state = 'running';--> statement-breakpoint
CREATE INDEX `simulations_file` ON `simulations` (`sha256`,`finished_at`);--> statement-breakpoint
ALTER TABLE `plan_changes` ADD `pending` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `plan_changes_pending` ON `plan_changes` (`effective_at`) WHERE pending = 1;