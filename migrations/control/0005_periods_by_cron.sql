ALTER TABLE `billing_periods` ADD `open` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `billing_periods_open` ON `billing_periods` (`end_at`) WHERE open = 1;--> statement-breakpoint
ALTER TABLE `licences` ADD `in_force` integer DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX `licences_in_force` ON `licences` (`kid`) WHERE in_force = 1 AND revoked_at IS NULL;--> statement-breakpoint
-- What stands: only the last period of a customer is open, only the newest licence is in force (rows of one instant: the later one).
UPDATE billing_periods SET open = 0 WHERE EXISTS (
  SELECT 1 FROM billing_periods later WHERE later.customer_id = billing_periods.customer_id AND later.start_at > billing_periods.start_at);
--> statement-breakpoint
UPDATE licences SET in_force = 0 WHERE rowid <> (
  SELECT newest.rowid FROM licences newest WHERE newest.customer_id = licences.customer_id
  ORDER BY newest.issued_at DESC, newest.rowid DESC LIMIT 1);
