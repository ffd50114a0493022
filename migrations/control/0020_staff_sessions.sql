ALTER TABLE `sessions` ADD `staff_hash` text;--> statement-breakpoint
CREATE INDEX `audit_customer` ON `audit_log` ("details" ->> 'customer_id');