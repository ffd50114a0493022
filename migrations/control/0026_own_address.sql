ALTER TABLE `billing_settings` ADD `address_version` integer;--> statement-breakpoint
UPDATE `billing_settings` SET `address_version` = `version` WHERE `address` IS NOT NULL;
