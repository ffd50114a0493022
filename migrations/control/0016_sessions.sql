CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`customer_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`password_hash` text,
	`created_at` integer NOT NULL,
	`last_signed_in_at` integer,
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_customer` ON `members` (`customer_id`,`email`);--> statement-breakpoint
CREATE INDEX `members_email` ON `members` (`email`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`kind` text NOT NULL,
	`owner` text NOT NULL,
	`method` text NOT NULL,
	`root_hash` text,
	`name` text,
	`role` text,
	`organisation_id` text,
	`subject` text,
	`namespaces` text,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`ends_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_hash_unique` ON `sessions` (`hash`);--> statement-breakpoint
CREATE INDEX `sessions_owner` ON `sessions` (`owner`);--> statement-breakpoint
CREATE INDEX `sessions_ends` ON `sessions` (`ends_at`);--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`email` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sign_in_links_hash_unique` ON `sign_in_links` (`hash`);--> statement-breakpoint
CREATE INDEX `sign_in_links_expires` ON `sign_in_links` (`expires_at`);
--> statement-breakpoint
-- Who signed up is the first owner, also where a Worker that knows no members has made the customer. The password is theirs.
CREATE TRIGGER customers_first_owner AFTER INSERT ON customers BEGIN
  INSERT INTO members (id, customer_id, email, role, password_hash, created_at)
  VALUES ('mem_' || lower(hex(randomblob(16))), NEW.id, NEW.email, 'owner', NEW.password_hash, NEW.created_at);
  UPDATE customers SET password_hash = NULL WHERE id = NEW.id;
END;
--> statement-breakpoint
INSERT INTO members (id, customer_id, email, role, password_hash, created_at)
SELECT 'mem_' || lower(hex(randomblob(16))), id, email, 'owner', password_hash, created_at FROM customers;
--> statement-breakpoint
UPDATE customers SET password_hash = NULL WHERE password_hash IS NOT NULL;
