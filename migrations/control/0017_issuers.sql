ALTER TABLE `organisations` ADD `client_id` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `client_secret` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `scopes` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `claims` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `issuer_metadata` text;--> statement-breakpoint
ALTER TABLE `organisations` ADD `issuer_set_at` integer;--> statement-breakpoint
CREATE INDEX `organisations_issuer` ON `organisations` (`issuer`) WHERE issuer IS NOT NULL;--> statement-breakpoint
ALTER TABLE `projects` ADD `detached_at` integer;