CREATE TABLE `billing_brake` (
	`id` integer PRIMARY KEY NOT NULL,
	`mode` text NOT NULL,
	`reason` text NOT NULL,
	`changed_by` text NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `invoice_lines` (
	`invoice_id` text NOT NULL,
	`line_id` text NOT NULL,
	`id` text NOT NULL,
	`identity` text NOT NULL,
	`by` text NOT NULL,
	`period_start` integer,
	`period_end` integer,
	`delta_of` text,
	`meter` text NOT NULL,
	`amount_cents` integer NOT NULL,
	`body` text NOT NULL,
	`state` text NOT NULL,
	`stripe_line_id` text,
	PRIMARY KEY(`invoice_id`, `line_id`),
	FOREIGN KEY (`invoice_id`) REFERENCES `invoices`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoice_lines_id_unique` ON `invoice_lines` (`id`);--> statement-breakpoint
CREATE INDEX `invoice_lines_waiting` ON `invoice_lines` (`state`) WHERE state IN ('held', 'released');--> statement-breakpoint
CREATE TABLE `invoices` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`kind` text NOT NULL,
	`period_start` integer,
	`period_end` integer,
	`stripe_invoice_id` text,
	`state` text NOT NULL,
	`hold_until` integer,
	`hold_reason` text,
	`look_at` integer,
	`number` text,
	`subtotal_cents` integer DEFAULT 0 NOT NULL,
	`credit_cents` integer DEFAULT 0 NOT NULL,
	`tax_cents` integer DEFAULT 0 NOT NULL,
	`total_cents` integer DEFAULT 0 NOT NULL,
	`amount_due_cents` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`hosted_url` text,
	`late` integer DEFAULT false NOT NULL,
	`shadow` integer DEFAULT false NOT NULL,
	`rated_at` integer,
	`ordered_at` integer,
	`finalized_at` integer,
	`paid_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_stripe_invoice_id_unique` ON `invoices` (`stripe_invoice_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_period` ON `invoices` (`customer_id`,`period_start`) WHERE period_start IS NOT NULL AND state <> 'void';--> statement-breakpoint
CREATE INDEX `invoices_customer` ON `invoices` (`customer_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `invoices_created` ON `invoices` (`created_at`);--> statement-breakpoint
CREATE INDEX `invoices_look` ON `invoices` (`look_at`) WHERE look_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `outbox_gate` (
	`id` integer PRIMARY KEY NOT NULL,
	`shut_at` integer,
	`reason` text NOT NULL,
	`changed_by` text NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `credit_entries` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`credit_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`kind` text NOT NULL,
	`amount_cents` integer NOT NULL,
	`invoice_id` text,
	`reason` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`credit_id`) REFERENCES `credit_grants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "credit_sign" CHECK(("credit_entries"."kind" IN ('grant', 'release') AND "credit_entries"."amount_cents" > 0) OR ("credit_entries"."kind" IN ('apply', 'expire', 'refund') AND "credit_entries"."amount_cents" < 0))
);
--> statement-breakpoint
CREATE INDEX `credit_entries_customer` ON `credit_entries` (`customer_id`,`seq`);--> statement-breakpoint
CREATE INDEX `credit_entries_invoice` ON `credit_entries` (`invoice_id`) WHERE invoice_id IS NOT NULL;--> statement-breakpoint
CREATE TABLE `credit_grants` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`amount_cents` integer NOT NULL,
	`left_cents` integer DEFAULT 0 NOT NULL,
	`expires_at` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "credit_left" CHECK("credit_grants"."left_cents" BETWEEN 0 AND "credit_grants"."amount_cents")
);
--> statement-breakpoint
CREATE INDEX `credit_grants_customer` ON `credit_grants` (`customer_id`,`expires_at`) WHERE left_cents > 0;--> statement-breakpoint
CREATE INDEX `credit_grants_expiry` ON `credit_grants` (`expires_at`) WHERE left_cents > 0 AND expires_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `credit_reservations` (
	`invoice_id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`amount_cents` integer NOT NULL,
	`state` text NOT NULL,
	`reserved_at` integer NOT NULL,
	`settled_at` integer,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `spend_cap_events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`customer_id` text NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`cap_cents` integer NOT NULL,
	`action` text NOT NULL,
	`used_cents` integer NOT NULL,
	`percent` integer,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `spend_cap_events_customer` ON `spend_cap_events` (`customer_id`,`seq`);--> statement-breakpoint
CREATE TABLE `spend_caps` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`cap_cents` integer NOT NULL,
	`action` text NOT NULL,
	`state` text NOT NULL,
	`used_cents` integer NOT NULL,
	`period_start` integer NOT NULL,
	`period_end` integer NOT NULL,
	`told_percent` integer NOT NULL,
	`reached_at` integer,
	`marks` integer DEFAULT 0 NOT NULL,
	`look_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `spend_caps_look` ON `spend_caps` (`look_at`);--> statement-breakpoint
CREATE TABLE `billing_settings` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`collection` text,
	`net_days` integer,
	`tax_exempt` text,
	`po_number` text,
	`tax_ids` text,
	`address` text,
	`billing_email` text,
	`version` integer NOT NULL,
	`sent_version` integer DEFAULT 0 NOT NULL,
	`refused` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `statement_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`jwk` text NOT NULL,
	`first_signed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `statements` (
	`invoice_id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`period_start` integer NOT NULL,
	`run` text NOT NULL,
	`windows` integer NOT NULL,
	`window_parts` integer NOT NULL,
	`prepared_at` integer NOT NULL,
	`signed_at` integer,
	`jti` text,
	`kid` text,
	`sha256` text,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `statements_unsigned` ON `statements` (`prepared_at`) WHERE signed_at IS NULL;--> statement-breakpoint
CREATE INDEX `billing_periods_end` ON `billing_periods` (`end_at`);
--> statement-breakpoint
-- Written by hand, from here to the end: what is left of a grant is the sum of its entries, and the ledger is append-only. An entry
-- that would take more than is left breaks the check credit_left, and its batch with it.
CREATE TRIGGER credit_entries_add AFTER INSERT ON credit_entries BEGIN
  UPDATE credit_grants SET left_cents = left_cents + NEW.amount_cents WHERE id = NEW.credit_id;
END;
--> statement-breakpoint
CREATE TRIGGER credit_entries_no_update BEFORE UPDATE ON credit_entries BEGIN
  SELECT RAISE(ABORT, 'credit_entries is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER credit_entries_no_delete BEFORE DELETE ON credit_entries BEGIN
  SELECT RAISE(ABORT, 'credit_entries is append-only');
END;
