/**
 * A world whose clock moves only when somebody sleeps, and a loopback API that answers as it is told: an answer, a
 * connection that is dropped, an answer cut in half, or silence.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { run } from '../../cli/program.ts';
import type { World } from '../../cli/world.ts';
import type { ProblemBody } from '../../src/contracts/common.ts';

export const token = 'adm-test-0123456789abcdef';

export interface TestWorld extends World {
  lines: string[];
  notes: string[];
  /** Every sleep in ms, in order. */
  slept: number[];
  /** Every question that was asked, in order. */
  asked: string[];
  /** Every page that was opened, in order. */
  opened: string[];
}

/**
 * `env` is all that the command sees of the environment. `answer` is what the person at the terminal says to every question;
 * without it there is no terminal.
 */
export function testWorld(env: Record<string, string> = {}, answer?: string): TestWorld {
  let clock = Date.parse('2026-11-21T10:00:00.000Z');
  let drawn = 0;
  const world: TestWorld = {
    env,
    lines: [],
    notes: [],
    slept: [],
    asked: [],
    opened: [],
    openPage: (url) => world.opened.push(url) > 0,
    out: (line) => {
      world.lines.push(line);
    },
    note: (line) => {
      world.notes.push(line);
    },
    redraw: null,
    ask:
      answer === undefined
        ? null
        : async (question) => {
            world.asked.push(question);
            return answer;
          },
    now: () => clock,
    sleep: async (ms) => {
      world.slept.push(ms);
      clock += ms;
    },
    random: (bytes) => {
      drawn += 1;
      return Uint8Array.from({ length: bytes }, (_, i) => (drawn * 31 + i) % 256);
    },
  };
  return world;
}

export interface Heard {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export type Told =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** The connection ends without a byte. */
  | 'drop'
  /** The headers and some of the body come, then the connection ends. */
  | 'half'
  /** Nothing ever comes. */
  | 'silence';

export interface LoopbackApi {
  url: string;
  heard: Heard[];
  env: Record<string, string>;
  close: () => Promise<void>;
}

/** Starts a server on a free loopback port; `answer` is called once a request. */
export async function startLoopbackApi(answer: (heard: Heard, nth: number) => Told): Promise<LoopbackApi> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    readBody(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://loopback');
      const { method = '', headers } = request;
      const one: Heard = { method, path: url.pathname, query: url.searchParams, headers, body };
      heard.push(one);
      tell(response, answer(one, heard.length));
    }, response.destroy.bind(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    heard,
    env: { BILLING_API_URL: url, ADMIN_API_TOKEN: token },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}

function tell(response: ServerResponse, told: Told): void {
  if (told === 'silence') return;
  if (told === 'drop') {
    response.destroy();
    return;
  }
  if (told === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"items": [', () => response.destroy());
    return;
  }
  response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
  response.end(told.body === undefined ? undefined : JSON.stringify(told.body));
}

/** A problem as the API says it. */
export const problem = (code: string, message: string): ProblemBody => ({
  success: false,
  error: code,
  code,
  message,
  details: {},
  timestamp: '2026-11-21T10:00:00.000Z',
  request_id: 'req_0123456789abcdef0123456789abcdef',
});

const hex32 = (digit: string): string => digit.repeat(32);
export const customerId = `cust_${hex32('a')}`;
export const jobId = `job_${hex32('b')}`;

/** A customer as GET /api/customers/:id has it. */
export const customerBody = (status: string, reason: string | null = null) => ({
  success: true,
  customer: {
    customer_id: customerId,
    short_id: 'aaaaaaaa',
    organisation_id: `org_${hex32('c')}`,
    email: 'ada@example.com',
    company_name: 'Acme',
    full_name: null,
    stripe_customer_id: null,
    created_at: '2026-11-21T10:00:00.000Z',
  },
  subscription: { plan: 'starter', status: 'trialing', trial_ends_at: '2026-12-05T10:00:00.000Z' },
  deployment: {
    status,
    namespace: 'customer-aaaaaaaa',
    instance_url: 'https://aaaaaaaa.example.com',
    job_id: jobId,
    generation: 1,
    observed_generation: status === 'ready' ? 1 : 0,
    reason,
  },
});

/** A job as GET /api/queue/jobs/:id has it. */
export const jobBody = (fields: Record<string, unknown> = {}) => ({
  success: true,
  job: {
    id: jobId,
    verb: 'deploy',
    state: 'waiting',
    customer_id: customerId,
    company_name: 'Acme',
    cluster_id: 'local',
    plan: 'starter',
    priority: 'trial',
    generation: 1,
    attempts: 0,
    progress: { percent: 0, message: '' },
    error: null,
    cause: null,
    created_at: '2026-11-21T10:00:00.000Z',
    started_at: null,
    finished_at: null,
    run_after: '2026-11-21T10:00:00.000Z',
    lease_until: null,
    next_attempt_at: '2026-11-21T10:00:00.000Z',
    timings: { waited_ms: 0, ran_ms: null },
    logs: false,
    ...fields,
  },
});

/** Runs the program against an API that answers as told. `answer` is the person at the terminal, absent without one. */
export async function callApi(args: string[], told: (heard: Heard, nth: number) => Told, answer?: string) {
  const server = await startLoopbackApi(told);
  try {
    const world = testWorld(server.env, answer);
    const exit = await run(args, world);
    const { lines, notes, asked, slept, opened } = world;
    return { exit, lines, notes, asked, slept, opened, heard: server.heard };
  } finally {
    await server.close();
  }
}

/** A customer as lists have it; `n` makes its id. */
export const listed = (n: number) => {
  const { customer } = customerBody('ready');
  const digits = String(n).padStart(8, '0');
  return {
    ...customer,
    customer_id: `cust_${digits.padEnd(32, '0')}`,
    short_id: digits,
    email: `owner-${n}@example.com`,
    company_name: `Company ${n}`,
    plan: 'starter',
    status: 'active',
    deployment_status: 'ready',
  };
};

/** One page of the items, as the query asks. */
export function pageOf(items: readonly unknown[], query: URLSearchParams): Told {
  const [page, limit] = [Number(query.get('page') ?? 1), Number(query.get('limit') ?? 20)];
  return {
    status: 200,
    body: { items: items.slice((page - 1) * limit, page * limit), total: items.length, page, limit },
  };
}
