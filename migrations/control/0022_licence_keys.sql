CREATE TABLE `licence_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`published_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `licences_revoked` ON `licences` (claims ->> '$.exp') WHERE revoked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `licences_expiry` ON `licences` (`kid`,claims ->> '$.exp');