CREATE TABLE `drift_findings` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`side` text NOT NULL,
	`object_id` text NOT NULL,
	`customer_id` text,
	`expected` text NOT NULL,
	`found` text NOT NULL,
	`fix` text,
	`state` text NOT NULL,
	`reason` text,
	`since` integer NOT NULL,
	`run_id` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `drift_findings_open` ON `drift_findings` (`kind`,`object_id`) WHERE state = 'open';--> statement-breakpoint
CREATE INDEX `drift_findings_state` ON `drift_findings` (`state`,`since`);--> statement-breakpoint
CREATE TABLE `drift_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`started_at` integer NOT NULL,
	`started_by` text NOT NULL,
	`finished_at` integer,
	`phase` text DEFAULT 'customers' NOT NULL,
	`cursor` text DEFAULT '' NOT NULL,
	`compared` integer DEFAULT 0 NOT NULL,
	`found` integer DEFAULT 0 NOT NULL,
	`error` text
);
--> statement-breakpoint
CREATE TABLE `drift_seen` (
	`run_id` text NOT NULL,
	`object_id` text NOT NULL,
	PRIMARY KEY(`run_id`, `object_id`)
);
--> statement-breakpoint
CREATE TABLE `invariant_results` (
	`name` text PRIMARY KEY NOT NULL,
	`ok` integer NOT NULL,
	`rows` text NOT NULL,
	`checked_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `notices` (
	`customer_id` text NOT NULL,
	`kind` text NOT NULL,
	`about` text NOT NULL,
	`outbox_id` text NOT NULL,
	`planned_at` integer NOT NULL,
	PRIMARY KEY(`customer_id`, `kind`, `about`),
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `payment_reversals` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`customer_id` text,
	`charge_id` text NOT NULL,
	`amount_cents` integer NOT NULL,
	`currency` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `payment_reversals_customer` ON `payment_reversals` (`customer_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `pending_signups` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`hash` text NOT NULL,
	`input` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pending_signups_email_unique` ON `pending_signups` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `pending_signups_hash_unique` ON `pending_signups` (`hash`);--> statement-breakpoint
CREATE INDEX `pending_signups_expires` ON `pending_signups` (`expires_at`);--> statement-breakpoint
CREATE TABLE `stripe_events` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`object_id` text,
	`customer_id` text,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`fetch_seq` integer,
	`payload` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`received_at` integer NOT NULL,
	`processed_at` integer,
	`next_at` integer NOT NULL,
	`claimed_until` integer DEFAULT 0 NOT NULL,
	`error_code` text,
	`error_message` text
);
--> statement-breakpoint
CREATE INDEX `stripe_events_due` ON `stripe_events` (`next_at`) WHERE state IN ('received', 'failed');--> statement-breakpoint
CREATE INDEX `stripe_events_state` ON `stripe_events` (`state`,`received_at`);--> statement-breakpoint
CREATE INDEX `stripe_events_customer` ON `stripe_events` (`customer_id`,`received_at`);--> statement-breakpoint
CREATE INDEX `stripe_events_received` ON `stripe_events` (`received_at`);--> statement-breakpoint
CREATE TABLE `stripe_objects` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`customer_id` text,
	`fetch_seq` integer DEFAULT 0 NOT NULL,
	`applied_seq` integer DEFAULT 0 NOT NULL,
	`body` text,
	`held_until` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `stripe_objects_customer` ON `stripe_objects` (`customer_id`,`kind`);--> statement-breakpoint
CREATE TABLE `stripe_prices` (
	`plan` text NOT NULL,
	`plan_version` text NOT NULL,
	`interval` text NOT NULL,
	`price_id` text NOT NULL,
	`product_id` text NOT NULL,
	`source` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`plan`, `plan_version`, `interval`)
);
--> statement-breakpoint
CREATE INDEX `stripe_prices_price` ON `stripe_prices` (`price_id`);--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `interval` text DEFAULT 'month' NOT NULL;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `collection` text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `suspended_for` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `stripe_subscription_id` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `cancel_at` integer;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `canceled_at` integer;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `grace_ends_at` integer;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `scheduled_plan` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `scheduled_version` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `scheduled_interval` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `scheduled_at` integer;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `stripe_schedule_id` text;--> statement-breakpoint
CREATE UNIQUE INDEX `subscriptions_stripe_subscription_id_unique` ON `subscriptions` (`stripe_subscription_id`);--> statement-breakpoint
CREATE INDEX `subscriptions_grace` ON `subscriptions` (`grace_ends_at`) WHERE grace_ends_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `subscriptions_trial` ON `subscriptions` (`trial_ends_at`) WHERE status = 'trialing';--> statement-breakpoint
CREATE INDEX `subscriptions_canceled` ON `subscriptions` (`canceled_at`) WHERE status = 'canceled';--> statement-breakpoint
CREATE INDEX `subscriptions_ending` ON `subscriptions` (`cancel_at`) WHERE cancel_at IS NOT NULL;--> statement-breakpoint
-- By hand: who had left before the column was there has left when the customer was deactivated.
UPDATE subscriptions SET canceled_at = (SELECT deactivated_at FROM customers WHERE id = subscriptions.customer_id) WHERE status = 'canceled';
