/** The instance as its image runs it: one bundled file, told by its environment, over a real PostgreSQL made by the chart's script. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { tiedToUs } from '../../../dev/processes/lifetime.ts';
import { bundleInstance } from '../../../examples/instance/bundle.ts';
import { makeVolume, missingPrograms, type Volume } from '../../charts/postgres.ts';
import { eventually } from '../../harness/eventually.ts';

export { missingPrograms };

export const customerId = `cust_${'a1b2c3d4'.repeat(4)}`;
const billingApiUrl = 'https://billing.example.com';
const password = 'a password of the tests';
const root = join(import.meta.dirname, '../../..');

export interface Database {
  env: Record<string, string>;
  /** As the instance's own user. */
  query: (sql: string) => Promise<string>;
  stop: () => Promise<void>;
  start: () => Promise<void>;
  remove: () => Promise<void>;
}

/** A server as the chart makes it, whose app user is no superuser. */
export async function startDatabase(): Promise<Database> {
  const script = readFileSync(join(root, 'charts/customer-instance/files/postgres/initialise.sh'), 'utf8');
  const volume: Volume = await makeVolume(script, { DATABASE_NAME: 'instance', DATABASE_USER: 'instance' });
  await volume.setPassword(`${password}\n`);
  const { code, output } = await volume.initialise();
  if (code !== 0) throw new Error(output);
  let server = await volume.serve();
  const env = { PGHOST: '127.0.0.1', PGPORT: '', PGDATABASE: 'instance', PGUSER: 'instance', PGPASSWORD: password };
  env.PGPORT = String(server.port);
  return {
    env,
    async query(sql) {
      const run = await server.query('instance', password, 'instance', sql);
      if (run.code !== 0) throw new Error(run.output);
      return run.output.trim();
    },
    stop: () => server.stop(),
    async start() {
      server = await volume.serve(server.port);
    },
    async remove() {
      await server.stop();
      await volume.remove();
    },
  };
}

export interface Signer {
  /** Environment by which an instance takes licences of this key. */
  env: Record<string, string>;
  licence: (plan: string, maxDevices: number | null, daysLeft?: number) => Promise<string>;
}

/** Signs licences as the API does. */
export async function makeSigner(): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey));
  return {
    env: { LICENSE_PUBLIC_KEY: await exportSPKI(publicKey), BILLING_API_URL: billingApiUrl },
    async licence(plan, maxDevices, daysLeft = 30) {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const expiresAt = nowSeconds + daysLeft * 86_400;
      const claims = {
        customerId,
        customerName: 'Acme',
        plan,
        features: { maxDevices, dataRetentionDays: 30, canExportData: true },
        limits: { maxUsers: 5 },
        monitoring: {},
        trial: { isTrialMode: false },
        subscription: { status: 'active', currentPeriodEndsAt: new Date(expiresAt * 1000).toISOString() },
        issuedAt: nowSeconds,
        expiresAt,
      };
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .setIssuer(billingApiUrl)
        .setAudience('tenantry-instance')
        .setSubject(customerId)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(expiresAt)
        .setJti(`lic_${nowSeconds}`)
        .sign(privateKey);
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the instance answered, which the tests compare
type Answered = any;

export interface Instance {
  url: string;
  /** What it has logged, line by line. */
  logs: string[];
  /** SIGTERM. @returns its exit code */
  stop: () => Promise<number | null>;
  kill9: () => Promise<void>;
  call: (method: string, path: string, body?: unknown, token?: string) => Promise<{ status: number; body: Answered }>;
}

/** Where the bundle and what instances write is; removed by `remove`. */
export interface Bundle {
  folder: string;
  start: (env: Record<string, string>, until?: 'ready' | 'listening') => Promise<Instance>;
  remove: () => void;
}

export async function bundle(): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-instance-'));
  const file = await bundleInstance(join(folder, 'instance.mjs'));
  return {
    folder,
    start: (env, until = 'ready') => start(file, { SPOOL_DIR: join(folder, 'spool'), ...env }, until),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function start(file: string, env: Record<string, string>, until: 'ready' | 'listening'): Promise<Instance> {
  const [command, args] = tiedToUs(process.execPath, [file]);
  const all = { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: '0', CUSTOMER_ID: customerId, ...env };
  const child = spawn(command, args, { env: all, stdio: ['ignore', 'pipe', 'pipe'] });
  const logs: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => logs.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => logs.push(line));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ended = closed.then(() => Promise.reject(new Error(`the instance ended: ${logs.join('\n')}`)));
  ended.catch(() => undefined);
  const listening = eventually(
    async () => logs.map((line) => /"port":(\d+)/.exec(line)?.[1]).find((found) => found !== undefined),
    (found) => found !== undefined,
  );
  const port = await Promise.race([listening, ended]);
  const url = `http://127.0.0.1:${port}`;
  if (until === 'ready') {
    const ready = eventually(
      () => fetch(`${url}/ready`),
      ({ ok }) => ok,
    );
    await Promise.race([ready, ended]);
  }
  return {
    url,
    logs,
    async stop() {
      child.kill('SIGTERM');
      return (await closed)[0];
    },
    async kill9() {
      child.kill('SIGKILL');
      await closed;
    },
    async call(method, path, body, token) {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
  };
}

/** A key is made and a device registers with it. */
export async function addDevice(
  { call }: Instance,
  name: string,
): Promise<{ device_id: string; device_token: string }> {
  const key = await call('POST', '/api/provisioning-keys', { name });
  if (key.status !== 201) throw new Error(JSON.stringify(key));
  const device = await call('POST', '/api/devices/register', { provisioning_key: key.body.provisioning_key, name });
  if (device.status !== 201) throw new Error(JSON.stringify(device));
  return device.body;
}
