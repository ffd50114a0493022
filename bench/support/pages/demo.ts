/** The platform with the whole demo, who looks at it, and the ids that stand in its pages' addresses. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright-core';
import { listCustomers } from '../../../src/contracts/routes/customers.ts';
import { listInvoices } from '../../../src/contracts/routes/invoices.ts';
import { listOrganisations, listProjects } from '../../../src/contracts/routes/organisations.ts';
import { listJobs } from '../../../src/contracts/routes/queue.ts';
import { listEvents } from '../../../src/contracts/routes/webhooks.ts';
import { apiOf } from '../../../test/harness/browser/api.ts';
import { forConsoleDemo, playConsoleDemo } from '../../../test/harness/browser/console-demo.ts';
import type { Ids } from '../../../test/harness/browser/every-deed.ts';
import { asMember, withoutSignInLimits } from '../../../test/harness/browser/member.ts';
import { asPerson, organisation } from '../../../test/harness/browser/organisation-work.ts';
import { asAdmin } from '../../../test/harness/browser/session.ts';
import { startPlatform, type TestPlatform } from '../../../test/harness/platform.ts';
import type { Audience } from '../../../ui/src/session/may.ts';

const lookMs = 500;
const env = { ...withoutSignInLimits, RATE_LIMIT_AUTH: 'off', LOG_LEVEL: 'warn' };

/** @param folder where the demo is complete; without it the demo is played, which takes minutes, or a short form of it */
export async function demoPlatform({ folder, short }: { folder?: string; short?: boolean }): Promise<TestPlatform> {
  if (short) {
    const platform = await startPlatform({ env: { ...env, ...forConsoleDemo } });
    await playConsoleDemo(platform);
    return platform;
  }
  if (folder !== undefined) return await startPlatform({ env, dataDir: folder });
  const platform = await startPlatform({ env, args: ['--demo'] });
  let hasEnded = false;
  void platform.exited.then(() => {
    hasEnded = true;
  });
  while (!platform.logs.some((line) => line.startsWith('demo complete'))) {
    if (hasEnded) throw new Error(`the platform ended: ${platform.logs.slice(-3).join('\n')}`);
    await sleep(lookMs);
  }
  return platform;
}

/** One customer of each state of subscription, first whose is the newest invoice; a job of each state, and of the rest the first. */
export async function idsOf({ ready }: TestPlatform): Promise<Ids> {
  const { call } = apiOf(ready.url, ready.admin_token);
  const [invoice] = (await call(listInvoices, { query: { limit: 1 } })).items;
  const customers = (await call(listCustomers, { query: { limit: 100 } })).items.toSorted(
    (one, other) =>
      Number(other.customer_id === invoice?.customer_id) - Number(one.customer_id === invoice?.customer_id),
  );
  const jobs = (await call(listJobs, { query: { limit: 100 } })).items;
  const events = (await call(listEvents, { query: { limit: 1 } })).items;
  const organisations = (await call(listOrganisations, { query: { limit: 100 } })).items;
  const organisationId = organisations.find(({ slug }) => slug === organisation)?.organisation_id ?? '';
  const projects = (await call(listProjects, { params: { organisationId } })).items;
  return {
    customerId: firstOfEach(customers, ({ status }) => status).map(({ customer_id }) => customer_id),
    jobId: firstOfEach(jobs, ({ state }) => state).map(({ id }) => id),
    organisationId: [organisationId],
    namespace: projects.slice(0, 1).map(({ namespace }) => namespace),
    eventId: events.map(({ event_id }) => event_id),
    invoiceId: invoice === undefined ? [] : [invoice.invoice_id],
  };
}

const firstOfEach = <T>(all: readonly T[], kindOf: (one: T) => unknown): T[] =>
  all.filter((one, at) => all.findIndex((other) => kindOf(other) === kindOf(one)) === at);

/** Signs in the first time; the session is the same for all pages that come later. */
function once(signIn: (context: BrowserContext) => Promise<void>): (context: BrowserContext) => Promise<void> {
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>> | null = null;
  return async (context) => {
    if (cookies === null) await signIn(context);
    else await context.addCookies(cookies);
    cookies = await context.cookies();
  };
}

/** Who looks at pages of each kind: an owner of staff, the first customer's owner, an organisation's admin. */
export const sessionsOf = (
  platform: TestPlatform,
  ids: Ids,
): Record<Audience, (context: BrowserContext) => Promise<void>> => ({
  admin: once(asAdmin(platform)),
  account: once(asMember(platform, ids['customerId']?.[0] ?? '')),
  person: once(asPerson(platform, 'org-admin')),
});
