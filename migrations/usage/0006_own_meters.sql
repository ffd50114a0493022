ALTER TABLE `daily` ADD `custom_1` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_2` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_3` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_4` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_5` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_1_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_2_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_3_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_4_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_5_seconds` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `reviews` ADD `missing_high` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `windows` ADD `missing_high` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `windows` ADD `custom_1` integer;--> statement-breakpoint
ALTER TABLE `windows` ADD `custom_2` integer;--> statement-breakpoint
ALTER TABLE `windows` ADD `custom_3` integer;--> statement-breakpoint
ALTER TABLE `windows` ADD `custom_4` integer;--> statement-breakpoint
ALTER TABLE `windows` ADD `custom_5` integer;