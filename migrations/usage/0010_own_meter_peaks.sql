ALTER TABLE `daily` ADD `custom_1_peak` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_2_peak` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_3_peak` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_4_peak` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `custom_5_peak` integer;