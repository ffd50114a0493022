/** A queue with jobs in it, for tests of the console: who may what, leases and results through the API. */
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import type { JobView, LeasedJob } from '../../../src/contracts/jobs.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../src/lib/keys.ts';
import { type Api, ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const control = (env as unknown as { CONTROL: D1Database }).CONTROL;

/** One value of the control database. */
export async function value<T>(query: string, ...bind: unknown[]): Promise<T | null> {
  const row = await control
    .prepare(query)
    .bind(...bind)
    .first<{ v: T }>();
  return row?.v ?? null;
}

async function adminToken(role: string): Promise<string> {
  const token = newKey(newId('admin', cryptoRandom), cryptoRandom);
  await control
    .prepare('INSERT INTO credentials (id, kind, owner_id, hash, name, role, created_at) VALUES (?,?,?,?,?,?,1)')
    .bind(newId('credential', cryptoRandom), 'admin', token.slice(0, -33), await sha256Hex(token), role, role)
    .run();
  return token;
}

/** An API with a cluster, and the queue's own verbs. */
export async function makeQueue(startAt = Date.parse('2026-11-20T12:30:00.000Z')) {
  const api: Api = makeApi(startAt);
  const { provisionerToken: provisioner } = await ensureCluster(api);
  const tokens = { viewer: await adminToken('viewer'), operator: await adminToken('operator'), owner: rootToken };

  async function get<T>(path: string, token = tokens.viewer): Promise<T> {
    const answer = await api.call('GET', path, { token });
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (await answer.json()) as T;
  }
  const post = (path: string, body: unknown, token = tokens.operator) => api.call('POST', path, { token, body });
  const protocol = (jobId: string, verb: string, body: unknown) =>
    api.call('POST', `/api/provisioner/jobs/${jobId}/${verb}`, { token: provisioner, body });

  const next = async (): Promise<LeasedJob | null> => {
    const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
    return answer.status === 204 ? null : ((await answer.json()) as LeasedJob);
  };

  return {
    api,
    tokens,
    provisioner,
    get,
    post,
    protocol,
    next,
    job: async (id: string | null) => (await get<{ job: JobView }>(`/api/queue/jobs/${id}`)).job,
    list: (query = '') => get<{ items: JobView[]; total: number }>(`/api/queue/jobs${query}`),
    /** A customer whose first job waits. */
    async waiting(company = 'Acme') {
      const made = await signUp(api, { company_name: company });
      return { customerId: made.customer.customer_id, jobId: made.deployment.job_id ?? '' };
    },
    /** Leases jobs until that one is; the others of the test are completed away. */
    async lease(jobId: string): Promise<LeasedJob> {
      for (;;) {
        const leased = await next();
        if (!leased) throw new Error(`${jobId} is not due`);
        if (leased.job.id === jobId) return leased;
        await protocol(leased.job.id, 'complete', { lease_id: leased.lease_id, generation: leased.generation });
      }
    },
    complete: ({ job, lease_id, generation }: LeasedJob) => protocol(job.id, 'complete', { lease_id, generation }),
    fail: ({ job, lease_id, generation }: LeasedJob, fields: Record<string, unknown> = {}) =>
      protocol(job.id, 'fail', {
        lease_id,
        generation,
        code: 'not_ready',
        message: 'not ready',
        events: [],
        retryable: false,
        ...fields,
      }),
    audit: async (subject: string) => {
      const { results } = await control
        .prepare('SELECT action, actor, details FROM audit_log WHERE subject = ? ORDER BY rowid')
        .bind(subject)
        .all<{ action: string; actor: string; details: string }>();
      return results.map((row) => ({ ...row, details: JSON.parse(row.details) as Record<string, unknown> }));
    },
  };
}

export type Queue = Awaited<ReturnType<typeof makeQueue>>;

/**
 * Finished jobs of one customer as rows, a minute apart and older than anything else, so that a test need not run them.
 * @returns their ids, oldest first
 */
export async function seedFinished(customerId: string, state: 'completed' | 'failed', count: number, before: number) {
  const ids = Array.from({ length: count }, () => newId('job', cryptoRandom));
  await control.batch(
    ids.map((id, n) =>
      control
        .prepare(
          `INSERT INTO jobs (id, customer_id, cluster_id, verb, generation, state, run_after, rung_at, created_at, started_at,
            finished_at, updated_at, log_seq) VALUES (?1, ?2, 'local', 'redeploy', 1, ?3, ?4, ?4, ?4, ?4, ?4, ?4, 1)`,
        )
        .bind(id, customerId, state, before - (count - n) * 60_000),
    ),
  );
  await control.batch(
    ids.map((id) =>
      control
        .prepare(
          "INSERT INTO job_logs (job_id, seq, lease_id, number, at, level, line) VALUES (?, 1, 'l', 1, 1, 'info', 'x')",
        )
        .bind(id),
    ),
  );
  return ids;
}
