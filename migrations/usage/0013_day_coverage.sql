ALTER TABLE `daily` ADD `seconds` integer;--> statement-breakpoint
ALTER TABLE `daily` ADD `last_end` integer;--> statement-breakpoint
-- Reviews that the trigger of before held between 0011 and 0012.
UPDATE reviews SET id = 'rvw_' || lower(hex(randomblob(16))) WHERE id IS NULL;
