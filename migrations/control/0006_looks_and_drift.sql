ALTER TABLE `deployments` ADD `reason_code` text;--> statement-breakpoint
ALTER TABLE `deployments` ADD `expects_data` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `deployments` ADD `drift` text;--> statement-breakpoint
ALTER TABLE `deployments` ADD `drift_checked_at` integer;--> statement-breakpoint
CREATE INDEX `deployments_failed` ON `deployments` (`updated_at`) WHERE status = 'failed';--> statement-breakpoint
CREATE INDEX `deployments_ready` ON `deployments` (`drift_checked_at`) WHERE status = 'ready';--> statement-breakpoint
ALTER TABLE `jobs` ADD `cluster_failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `looks` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `action` text DEFAULT 'reconcile' NOT NULL;