ALTER TABLE `daily` ADD `seconds` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `last_end` integer;