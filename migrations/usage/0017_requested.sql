ALTER TABLE `daily` ADD `cpu_requested_core_ms` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `memory_requested_mib_s` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `cpu_requested_core_ms_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily` ADD `memory_requested_mib_s_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `windows` ADD `cpu_requested_core_ms` integer;--> statement-breakpoint
ALTER TABLE `windows` ADD `memory_requested_mib_s` integer;