/** A database at the newest migration, with the plans that ship published: importing it makes them. */
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { applicationPlans, publishPlans, shippedPlans } from './plans.ts';

const bindings = env as unknown as {
  CONTROL: D1Database;
  USAGE_0: D1Database;
  TEST_CONTROL_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
  TEST_USAGE_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
};

await applyD1Migrations(bindings.CONTROL, bindings.TEST_CONTROL_MIGRATIONS);
await applyD1Migrations(bindings.USAGE_0, bindings.TEST_USAGE_MIGRATIONS);
await publishPlans(applicationPlans);
await publishPlans(shippedPlans);
