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
CREATE INDEX `billing_periods_end` ON `billing_periods` (`end_at`);