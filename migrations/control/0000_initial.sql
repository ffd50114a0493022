CREATE TABLE `billing_periods` (
	`customer_id` text NOT NULL,
	`start_at` integer NOT NULL,
	`end_at` integer NOT NULL,
	`anchor_day` integer NOT NULL,
	`source` text NOT NULL,
	PRIMARY KEY(`customer_id`, `start_at`),
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "period_forward" CHECK("billing_periods"."end_at" > "billing_periods"."start_at")
);
--> statement-breakpoint
CREATE TABLE `clusters` (
	`id` text PRIMARY KEY NOT NULL,
	`key_owner` text NOT NULL,
	`token_owner` text NOT NULL,
	`queue_binding` text NOT NULL,
	`namespaces_max` integer NOT NULL,
	`services_max` integer NOT NULL,
	`storage_class` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `clusters_key_owner_unique` ON `clusters` (`key_owner`);--> statement-breakpoint
CREATE UNIQUE INDEX `clusters_token_owner_unique` ON `clusters` (`token_owner`);--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`owner_id` text NOT NULL,
	`hash` text NOT NULL,
	`name` text,
	`role` text,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `credentials_hash_unique` ON `credentials` (`hash`);--> statement-breakpoint
CREATE INDEX `credentials_owner` ON `credentials` (`kind`,`owner_id`);--> statement-breakpoint
CREATE TABLE `customers` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`short_id` text NOT NULL,
	`organisation_id` text NOT NULL,
	`email` text NOT NULL,
	`company_name` text NOT NULL,
	`full_name` text,
	`password_hash` text,
	`stripe_customer_id` text,
	`usage_shard` integer NOT NULL,
	`created_at` integer NOT NULL,
	`deactivated_at` integer,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `customers_id_unique` ON `customers` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `customers_short_id_unique` ON `customers` (`short_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `customers_email_unique` ON `customers` (`email`);--> statement-breakpoint
CREATE UNIQUE INDEX `customers_stripe_customer_id_unique` ON `customers` (`stripe_customer_id`);--> statement-breakpoint
CREATE INDEX `customers_organisation` ON `customers` (`organisation_id`);--> statement-breakpoint
CREATE TABLE `licences` (
	`jti` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`action` text NOT NULL,
	`plan` text NOT NULL,
	`claims` text NOT NULL,
	`kid` text NOT NULL,
	`token_sha256` text NOT NULL,
	`issued_at` integer NOT NULL,
	`revoked_at` integer,
	`revoked_reason` text,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `licences_customer` ON `licences` (`customer_id`,`issued_at`);--> statement-breakpoint
CREATE TABLE `organisations` (
	`id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`name` text NOT NULL,
	`issuer` text,
	`audience` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `organisations_slug_unique` ON `organisations` (`slug`);--> statement-breakpoint
CREATE TABLE `overrides` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`allowances` text NOT NULL,
	`prices` text NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `ownerships` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`reporter_seq` integer NOT NULL,
	`project_seq` integer NOT NULL,
	`meters` integer NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer,
	FOREIGN KEY (`reporter_seq`) REFERENCES `reporters`(`seq`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_seq`) REFERENCES `projects`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ownerships_reporter` ON `ownerships` (`reporter_seq`);--> statement-breakpoint
CREATE INDEX `ownerships_project` ON `ownerships` (`project_seq`,`from_at`);--> statement-breakpoint
CREATE TABLE `plan_changes` (
	`customer_id` text NOT NULL,
	`effective_at` integer NOT NULL,
	`plan` text NOT NULL,
	`plan_version` text NOT NULL,
	PRIMARY KEY(`customer_id`, `effective_at`),
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `projects` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`cluster_id` text NOT NULL,
	`namespace` text NOT NULL,
	`organisation_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`own` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`cluster_id`) REFERENCES `clusters`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organisation_id`) REFERENCES `organisations`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_namespace` ON `projects` (`cluster_id`,`namespace`);--> statement-breakpoint
CREATE INDEX `projects_customer` ON `projects` (`customer_id`);--> statement-breakpoint
CREATE INDEX `projects_organisation` ON `projects` (`organisation_id`);--> statement-breakpoint
CREATE TABLE `reporters` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`customer_id` text NOT NULL,
	`instance_id` text NOT NULL,
	`window_seconds` integer NOT NULL,
	`source` text NOT NULL,
	`active_from` integer,
	`active_until` integer,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `reporters_id_unique` ON `reporters` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `reporters_instance` ON `reporters` (`customer_id`,`instance_id`);--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`plan` text NOT NULL,
	`plan_version` text NOT NULL,
	`status` text NOT NULL,
	`trial_ends_at` integer,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`details` text NOT NULL,
	`request_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_subject` ON `audit_log` (`subject`,`at`);--> statement-breakpoint
CREATE TABLE `dead_letters` (
	`id` text PRIMARY KEY NOT NULL,
	`queue` text NOT NULL,
	`customer_id` text,
	`code` text NOT NULL,
	`message` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	`replayed_at` integer
);
--> statement-breakpoint
CREATE INDEX `dead_letters_at` ON `dead_letters` (`created_at`);--> statement-breakpoint
CREATE TABLE `deployments` (
	`customer_id` text PRIMARY KEY NOT NULL,
	`cluster_id` text NOT NULL,
	`namespace` text NOT NULL,
	`phase` text NOT NULL,
	`plan` text NOT NULL,
	`spec_generation` integer NOT NULL,
	`observed_generation` integer NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`cluster_id`) REFERENCES `clusters`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deployments_namespace` ON `deployments` (`cluster_id`,`namespace`);--> statement-breakpoint
CREATE TABLE `guards` (
	`failed` integer NOT NULL,
	CONSTRAINT "guard_failed" CHECK("guards"."failed" = 0)
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`hash` text PRIMARY KEY NOT NULL,
	`body_hash` text NOT NULL,
	`holder` text NOT NULL,
	`locked_until` integer NOT NULL,
	`status` integer,
	`answer` text,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`cluster_id` text NOT NULL,
	`verb` text NOT NULL,
	`generation` integer NOT NULL,
	`state` text NOT NULL,
	`failed_runs` integer DEFAULT 0 NOT NULL,
	`lost_leases` integer DEFAULT 0 NOT NULL,
	`lease_id` text,
	`lease_until` integer,
	`leased_generation` integer,
	`leased_phase` text,
	`percent` integer DEFAULT 0 NOT NULL,
	`progress` text DEFAULT '' NOT NULL,
	`error_code` text,
	`error_message` text,
	`error_events` text,
	`run_after` integer NOT NULL,
	`rung_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`customer_id`) REFERENCES `deployments`(`customer_id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_one_active` ON `jobs` (`customer_id`) WHERE state = 'active';--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_one_waiting` ON `jobs` (`customer_id`) WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX `jobs_due` ON `jobs` (`cluster_id`,`created_at`) WHERE state IN ('waiting', 'active');--> statement-breakpoint
CREATE INDEX `jobs_updated` ON `jobs` (`updated_at`);--> statement-breakpoint
CREATE INDEX `jobs_customer` ON `jobs` (`customer_id`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`payload` text NOT NULL,
	`state` text NOT NULL,
	`epoch` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`claimed_until` integer DEFAULT 0 NOT NULL,
	`next_at` integer NOT NULL,
	`sent_at` integer,
	`last_error` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outbox_due` ON `outbox` (`next_at`) WHERE state <> 'confirmed';--> statement-breakpoint
CREATE TABLE `phase_changes` (
	`customer_id` text NOT NULL,
	`generation` integer NOT NULL,
	`effective_at` integer NOT NULL,
	`phase` text NOT NULL,
	PRIMARY KEY(`customer_id`, `generation`),
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
