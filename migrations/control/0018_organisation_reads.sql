ALTER TABLE `projects` ADD `labels` text;--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `dead_letters_customer` ON `dead_letters` (`customer_id`);