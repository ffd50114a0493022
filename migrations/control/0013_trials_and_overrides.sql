CREATE TABLE `agreed_overrides` (
	`customer_id` text NOT NULL,
	`effective_at` integer NOT NULL,
	`plan` text NOT NULL,
	`allowances` text NOT NULL,
	`prices` text NOT NULL,
	`until_plan_change` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`customer_id`, `effective_at`),
	FOREIGN KEY (`customer_id`) REFERENCES `customers`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `billing_periods` ADD `kind` text DEFAULT 'manual' NOT NULL;--> statement-breakpoint
ALTER TABLE `billing_periods` ADD `invoiceable` integer DEFAULT true NOT NULL;--> statement-breakpoint
-- What was set without a date counts since ever and whatever the plan, as it did.
INSERT INTO agreed_overrides (customer_id, effective_at, plan, allowances, prices, until_plan_change, updated_at)
SELECT o.customer_id, 0, s.plan, o.allowances, o.prices, 0, o.updated_at
FROM overrides o JOIN subscriptions s ON s.customer_id = o.customer_id;
--> statement-breakpoint
-- Of who is in a trial, or was deactivated in one, what began in the trial is the trial, and no month of a bill.
UPDATE billing_periods SET kind = 'trial', invoiceable = 0 WHERE EXISTS (
  SELECT 1 FROM subscriptions s JOIN customers c ON c.id = s.customer_id
  WHERE s.customer_id = billing_periods.customer_id AND billing_periods.start_at < s.trial_ends_at
    AND (s.status = 'trialing' OR (s.status = 'canceled' AND c.deactivated_at < s.trial_ends_at)));
--> statement-breakpoint
-- The period that runs ends with the trial; the ones that have ended stay as they were.
UPDATE billing_periods SET end_at = (SELECT trial_ends_at FROM subscriptions s WHERE s.customer_id = billing_periods.customer_id)
WHERE kind = 'trial' AND open = 1;
--> statement-breakpoint
-- What began after an unpaid trial, or without a payment, is billed to nobody.
UPDATE billing_periods SET invoiceable = 0 WHERE EXISTS (
  SELECT 1 FROM subscriptions s WHERE s.customer_id = billing_periods.customer_id AND s.status IN ('trialing', 'incomplete'));
--> statement-breakpoint
CREATE TRIGGER billing_periods_trial_free BEFORE INSERT ON billing_periods
WHEN NEW.kind = 'trial' AND NEW.invoiceable <> 0 BEGIN
  SELECT RAISE(ABORT, 'trial_invoiceable');
END;
--> statement-breakpoint
CREATE TRIGGER billing_periods_free_stay BEFORE UPDATE OF kind, invoiceable ON billing_periods
WHEN NEW.invoiceable > OLD.invoiceable BEGIN
  SELECT RAISE(ABORT, 'trial_invoiceable');
END;
