ALTER TABLE `billing_periods` ADD `of_year` integer DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE billing_periods SET of_year = 1 WHERE kind = 'paid' AND EXISTS (
  SELECT 1 FROM subscriptions s JOIN stripe_objects o ON o.id = s.stripe_subscription_id
  WHERE s.customer_id = billing_periods.customer_id AND s.interval = 'year'
    AND billing_periods.start_at >= CAST(o.body ->> '$.item.start' AS integer));
