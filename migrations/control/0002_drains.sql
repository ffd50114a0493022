ALTER TABLE `deployments` ADD `drain_window_end` integer;--> statement-breakpoint
CREATE INDEX `deployments_draining` ON `deployments` (`drain_window_end`) WHERE drain_window_end IS NOT NULL;