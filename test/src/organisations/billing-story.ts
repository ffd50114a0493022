/** The organisation that the tests of billing read, and requests of whoever asks. */
import { expect } from 'vitest';
import type { Principal } from '../../../src/credentials/principal.ts';
import { makeApi } from '../../harness/worker/api.ts';
import { hoursOf, makeOrganisation, type Organisation, person, rollUpAll, storeWindows } from './harness.ts';
import { callAs } from './people.ts';

const now = Date.parse('2026-11-20T12:30:00.000Z');
export const start = Date.parse('2026-11-01T00:00:00Z');
export const api = makeApi(now);

export interface Problem {
  success: false;
  error: string;
  code: string;
  message: string;
  details: Record<string, unknown>;
}

/** Asks as a person, or with a token. */
export async function ask<T>(who: Principal | string, path: string, options: { method?: string; body?: unknown } = {}) {
  const { method = 'GET', body } = options;
  const full = `/api/billing${path}`;
  const response =
    typeof who === 'string'
      ? await api.call(method, full, { token: who, body })
      : await callAs(api, who, method, full, body);
  return { status: response.status, headers: response.headers, body: (await response.json()) as T };
}

export interface Answer<T> {
  success: true;
  data: T;
  timestamp: string;
}

/** The data of a good answer. */
export async function read<T>(who: Principal | string, path: string): Promise<T> {
  const { status, body } = await ask<Answer<T>>(who, path);
  expect([status, body]).toMatchObject([200, { success: true }]);
  return body.data;
}

const gib = 1024 ** 3;
const bytesOfCents = (cents: number) => Math.ceil((cents * gib) / 10);

/** What the tests read: an organisation of six projects and one beside it. */
export interface Organisations {
  kube: Organisation;
  other: Organisation;
  /** An org-admin of `kube`. */
  admin: Principal;
}

/** Makes both, with usage of `kube` from the month's beginning to noon. */
export async function makeOrganisations(): Promise<Organisations> {
  const kube = await makeOrganisation(
    [
      { namespace: 'project-name', labels: { team: 'shop', tier: 'gold' } },
      { namespace: 'batch', customer: 1, labels: { team: 'data' } },
      { namespace: 'tools', customer: 1, labels: { shared: 'true' } },
      { namespace: 'idle', customer: 1 },
      { namespace: 'twin', labels: { team: 'data' } },
      { namespace: 'twin', cluster: 'second', customer: 1, labels: { team: 'data' } },
    ],
    start,
  );
  const other = await makeOrganisation([{ namespace: 'theirs' }], start);
  const admin = person(kube.id, null);
  const until = Date.parse('2026-11-20T12:00:00Z');
  const [main, batch, tools, , twin, second] = kube.projects;
  if (!main || !batch || !tools || !twin || !second) throw new Error('the projects are not there');
  // 10 pods, one VM, 2.4 cores and 8.8 GiB in every hour: $0.12 + $0.088 an hour, and 10 GB of volumes.
  const hour = {
    pod_s: 10 * 3600,
    vm_s: 3600,
    cpu_core_ms: 2.4 * 3_600_000,
    memory_mib_s: Math.round(8.8 * 1024 * 3600),
    storage_mib_s: 10 * 1024 * 3600,
  };
  await storeWindows([
    ...hoursOf(main, start, until, () => hour),
    ...hoursOf(batch, start, until, () => ({ cpu_core_ms: 3_600_000 })),
    ...hoursOf(tools, start, until, () => ({ ingress_requests: 20_000 })),
    ...hoursOf(twin, start, until, () => ({ network_sent_bytes: bytesOfCents(1) })),
    ...hoursOf(second, start, until, () => ({ network_received_bytes: bytesOfCents(2) })),
  ]);
  await rollUpAll(now);
  return { kube, other, admin };
}
