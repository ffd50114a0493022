ALTER TABLE `reviews` ADD `id` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `accepted_revision` integer;--> statement-breakpoint
ALTER TABLE `reviews` ADD `decided_at` integer;--> statement-breakpoint
ALTER TABLE `reviews` ADD `decided_by` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `decided_request` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `decision_reason` text;--> statement-breakpoint
CREATE UNIQUE INDEX `reviews_id` ON `reviews` (`id`);--> statement-breakpoint
-- Reviews that are older than their ids.
UPDATE reviews SET id = 'rvw_' || lower(hex(randomblob(16))) WHERE id IS NULL;
