ALTER TABLE `credentials` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `credentials` ADD `last_used_day` integer;--> statement-breakpoint
ALTER TABLE `credentials` ADD `rotated_to` text;--> statement-breakpoint
ALTER TABLE `credentials` ADD `revoked_by` text;--> statement-breakpoint
ALTER TABLE `customers` ADD `company_search` text;--> statement-breakpoint
CREATE INDEX `customers_unfolded` ON `customers` (`seq`) WHERE company_search IS NULL;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `credential_id` text;--> statement-breakpoint
-- What stands: a reporter's key could only be replaced by its provisioner, all others only by a person.
UPDATE credentials SET revoked_by = CASE kind WHEN 'reporter' THEN 'replaced' ELSE 'person' END WHERE revoked_at IS NOT NULL;
