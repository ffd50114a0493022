CREATE TABLE `guards` (
	`failed` integer NOT NULL,
	CONSTRAINT "guard_failed" CHECK("guards"."failed" = 0)
);
--> statement-breakpoint
CREATE TABLE `ownership_fences` (
	`customer_seq` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
) STRICT;
