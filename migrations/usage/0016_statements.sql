CREATE TABLE `statement_parts` (
	`invoice_id` text NOT NULL,
	`run` text NOT NULL,
	`kind` text NOT NULL,
	`part` integer NOT NULL,
	`sha256` text NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`invoice_id`, `run`, `kind`, `part`)
);
