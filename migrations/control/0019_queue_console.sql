CREATE TABLE `batch_items` (
	`batch_id` text NOT NULL,
	`place` integer NOT NULL,
	`subject` text NOT NULL,
	`outcome` text,
	PRIMARY KEY(`batch_id`, `place`)
);
--> statement-breakpoint
CREATE TABLE `batches` (
	`id` text PRIMARY KEY NOT NULL,
	`action` text NOT NULL,
	`rate` integer NOT NULL,
	`matched` integer NOT NULL,
	`taken` integer DEFAULT 0 NOT NULL,
	`reason` text,
	`started_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `batches_running` ON `batches` (`created_at`) WHERE finished_at IS NULL;--> statement-breakpoint
CREATE TABLE `job_history` (
	`hour` integer NOT NULL,
	`state` text NOT NULL,
	`ran_ms` integer NOT NULL,
	`jobs` integer NOT NULL,
	PRIMARY KEY(`hour`, `state`, `ran_ms`)
);
--> statement-breakpoint
CREATE TABLE `job_logs` (
	`job_id` text NOT NULL,
	`seq` integer NOT NULL,
	`lease_id` text NOT NULL,
	`number` integer NOT NULL,
	`at` integer NOT NULL,
	`level` text NOT NULL,
	`line` text NOT NULL,
	PRIMARY KEY(`job_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `queue_pauses` (
	`scope` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`paused_by` text NOT NULL,
	`paused_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `jobs` ADD `cause` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `run_started_at` integer;--> statement-breakpoint
ALTER TABLE `jobs` ADD `ran_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `log_seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `jobs` ADD `cleaned_at` integer;--> statement-breakpoint
CREATE INDEX `jobs_listed` ON `jobs` (`state`,`cleaned_at`,`finished_at`);--> statement-breakpoint
CREATE INDEX `dead_letters_open` ON `dead_letters` (`code`,`created_at`) WHERE replayed_at IS NULL;--> statement-breakpoint
-- By hand from here on. Every end of a job counts in its hour, whichever statement ends it; how long the last run took is
-- rounded down to two digits. A job that another one's run made needless, or that was removed, did not run: -1.
CREATE TRIGGER jobs_ended AFTER UPDATE OF state ON jobs
WHEN NEW.state IN ('completed', 'failed') AND OLD.state NOT IN ('completed', 'failed') BEGIN
  INSERT INTO job_history (hour, state, ran_ms, jobs)
  SELECT at - at % 3600000, NEW.state, CASE
      WHEN OLD.state <> 'active' THEN -1
      WHEN r < 100 THEN r
      WHEN r < 1000 THEN r / 10 * 10
      WHEN r < 10000 THEN r / 100 * 100
      WHEN r < 100000 THEN r / 1000 * 1000
      WHEN r < 1000000 THEN r / 10000 * 10000
      ELSE r / 100000 * 100000 END, 1
  FROM (SELECT NEW.ran_ms - OLD.ran_ms AS r, coalesce(NEW.finished_at, NEW.updated_at) AS at) WHERE true
  ON CONFLICT (hour, state, ran_ms) DO UPDATE SET jobs = jobs + 1;
END;
--> statement-breakpoint
-- What has ended before there was a history: how long its runs took is not known.
INSERT INTO job_history (hour, state, ran_ms, jobs)
SELECT finished_at - finished_at % 3600000, state, -1, count(*) FROM jobs
WHERE state IN ('completed', 'failed') AND finished_at IS NOT NULL GROUP BY 1, 2;
