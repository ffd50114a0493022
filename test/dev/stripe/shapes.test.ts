import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { choosePort } from '../../../dev/free-port.ts';
import { openStripeApi } from '../../../dev/stripe/api.ts';
import { startStripe } from '../../../dev/stripe/server.ts';
import { eventually } from '../../harness/eventually.ts';
import { describeWithTools, toolPath } from '../../harness/tools.ts';

const input = { email: 'a@b.example', name: 'A', description: 'd', phone: '1', metadata: { k: 'v' } };
const kind = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

describeWithTools(['stripe-mock'], "the stand-in's shapes beside Stripe's OpenAPI", () => {
  let folder: string;
  let mockProcess: ChildProcess;
  let mock: Stripe;
  let standIn: Stripe;
  let close: () => Promise<void>;

  const client = (port: number) =>
    new Stripe('sk_test_123', { host: '127.0.0.1', port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });

  beforeAll(async () => {
    const port = await choosePort(0);
    mockProcess = spawn(toolPath('stripe-mock'), ['-http-addr', `127.0.0.1:${port}`], { stdio: 'ignore' });
    mock = client(port);
    folder = mkdtempSync(join(tmpdir(), 'tenantry-shapes-'));
    const api = openStripeApi(join(folder, 'stripe.sqlite'));
    const server = await startStripe(api, { secretKey: 'sk_test_123' }, () => {});
    standIn = client(Number(new URL(server.url).port));
    close = async () => {
      await server.close();
      api.close();
    };
    await eventually(() => mock.customers.list(), Boolean);
  });
  afterAll(async () => {
    mockProcess.kill();
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('have no field that a customer of Stripe lacks, and each of its kind', async () => {
    const ours: Record<string, unknown> = { ...(await standIn.customers.create(input)) };
    const theirs: Record<string, unknown> = { ...(await mock.customers.create(input)) };
    for (const name of Object.keys(ours).filter((field) => field !== 'lastResponse')) {
      expect(Object.keys(theirs)).toContain(name);
      const kinds = [kind(ours[name]), kind(theirs[name])];
      if (!kinds.includes('null')) expect(kinds).toEqual([kinds[0], kinds[0]]);
    }
  });

  it('wrap a list alike', async () => {
    const [ours, theirs] = [await standIn.customers.list(), await mock.customers.list()];
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
    expect(ours.object).toBe(theirs.object);
  });
});
