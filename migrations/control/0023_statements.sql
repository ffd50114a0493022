CREATE TABLE `invoice_lines` (
	`invoice_id` text NOT NULL,
	`line_id` text NOT NULL,
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
	`number` text,
	`subtotal_cents` integer DEFAULT 0 NOT NULL,
	`credit_cents` integer DEFAULT 0 NOT NULL,
	`tax_cents` integer DEFAULT 0 NOT NULL,
	`total_cents` integer DEFAULT 0 NOT NULL,
	`amount_due_cents` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`hosted_url` text,
	`late` integer DEFAULT false NOT NULL,
	`rated_at` integer,
	`finalized_at` integer,
	`paid_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invoices_stripe_invoice_id_unique` ON `invoices` (`stripe_invoice_id`);--> statement-breakpoint
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
CREATE INDEX `statements_unsigned` ON `statements` (`prepared_at`) WHERE signed_at IS NULL;