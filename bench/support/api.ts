/**
 * Calls to the platform's API, as a patient client makes them: a time-out each, and again with the same Idempotency-Key
 * through outages. Owns when to try again; what is asked is the caller's.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CustomerAnswer, customerAnswer, customerList, signupAnswer } from '../../src/contracts/customers.ts';
import type { JobView } from '../../src/contracts/jobs.ts';
import { jobAnswer } from '../../src/contracts/queue.ts';

const CALL_TIMEOUT_MS = 10_000;
const PAUSE_MS = 250;
const LIST_LIMIT = 100;

export type Api = { url: string; token: string };
export type Answered = { status: number; body: unknown; headers: Headers };

/** One call. Throws when there is no answer. */
export async function callApi(
  api: Api,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(new URL(path, api.url), {
    method,
    headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : (JSON.parse(text) as unknown),
    headers: response.headers,
  };
}

/** Whether a client that meant well asks again. */
function worthAnotherTry({ status, body }: Answered): boolean {
  const code = (body as { code?: string } | null)?.code;
  return status >= 500 || status === 429 || code === 'idempotency_in_progress';
}

/** Calls until it is answered for good, through outages; throws for a refusal, and after `withinMs`. */
export async function persistently(call: () => Promise<Answered>, withinMs: number): Promise<unknown> {
  const deadline = Date.now() + withinMs;
  let last = '';
  while (Date.now() < deadline) {
    try {
      const answered = await call();
      if (answered.status < 300) return answered.body;
      last = `${answered.status} ${JSON.stringify(answered.body)}`;
      if (!worthAnotherTry(answered)) break;
    } catch (error) {
      last = String(error);
    }
    await sleep(PAUSE_MS);
  }
  throw new Error(`no good answer; the last one was: ${last}`);
}

export type SignedUp = { customerId: string; namespace: string; jobId: string; apiKey: string; answeredMs: number };

type SignUpOptions = {
  plan?: string;
  withinMs?: number;
  /** Made by an admin: the public fills half of a cluster with customers who do not pay yet, and no more. */
  byAdmin?: boolean;
};

/** Signs up as one customer, however often it has to ask: one Idempotency-Key. */
export async function signUp(
  api: Api,
  name: string,
  { plan = 'starter', withinMs = 120_000, byAdmin = false }: SignUpOptions = {},
): Promise<SignedUp> {
  const key = { 'idempotency-key': randomUUID() };
  const asked = { email: `${name}@customers.example.com`, company_name: `Company ${name}`, plan };
  const path = byAdmin ? '/api/customers' : '/api/customers/signup';
  const body = await persistently(() => callApi(api, 'POST', path, asked, key), withinMs);
  const { customer, deployment, api_key } = signupAnswer.parse(body);
  return {
    customerId: customer.customer_id,
    namespace: deployment.namespace,
    jobId: deployment.job_id ?? '',
    apiKey: api_key,
    answeredMs: Date.now(),
  };
}

/** One customer as an admin reads it. */
export async function readCustomer(api: Api, customerId: string, withinMs = 60_000): Promise<CustomerAnswer> {
  const path = `/api/customers/${customerId}`;
  return customerAnswer.parse(await persistently(() => callApi(api, 'GET', path), withinMs));
}

/** Every customer that the API lists, up to 100. */
export async function listCustomers(api: Api, withinMs = 60_000) {
  const path = `/api/customers?limit=${LIST_LIMIT}`;
  return customerList.parse(await persistently(() => callApi(api, 'GET', path), withinMs));
}

export async function readJob(api: Api, jobId: string, withinMs = 60_000): Promise<JobView> {
  return jobAnswer.parse(await persistently(() => callApi(api, 'GET', `/api/queue/jobs/${jobId}`), withinMs)).job;
}

/** Asks every `everyMs` until the deployment has `status` at its newest generation; throws with what it was instead. */
export async function untilStatus(
  api: Api,
  customerId: string,
  status: CustomerAnswer['deployment']['status'],
  { withinMs = 120_000, everyMs = 100 } = {},
): Promise<CustomerAnswer> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await readCustomer(api, customerId);
    const { deployment } = found;
    if (deployment.status === status && deployment.observed_generation === deployment.generation) return found;
    if (Date.now() > deadline) throw new Error(`${customerId} is not ${status} but ${JSON.stringify(deployment)}`);
    await sleep(everyMs);
  }
}
