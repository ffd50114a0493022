/**
 * `npm run figures -- live`: how long after a report was accepted every open socket has the new cost, and what sockets cost
 * while nothing happens. The platform as `npm start` runs it, its queue and consumer included; sockets are admins', 25 a
 * token, which is the limit of one person.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { WebSocket } from 'undici';
import { startPlatform } from '../test/harness/platform.ts';
import { descendants, programOf } from '../test/harness/processes.ts';
import { type Api, callApi, signUp, untilStatus } from './support/api.ts';
import { LIMITS_OFF } from './support/intake/target.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable, spreadOf } from './support/report.ts';

const SOCKETS_OF_ONE = 25;
const MINUTE_MS = 60_000;
const MESSAGE_TIMEOUT_MS = 30_000;
/** An object is evicted 10 seconds after its last event: only then is a socket idle. */
const SETTLE_MS = 15_000;
const TICKS_PER_SECOND = 100;
const BOUND_MS = 2000;

type Options = { sockets: number; rounds: number; idle: number };

/** Opens one socket; `told` is called with the time of each message. */
async function openSocket(url: string, token: string, told: () => void): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), [`bearer.${token}`, 'tenantry.live']);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', ({ message }) => reject(new Error(`a socket did not open: ${message}`)));
  });
  socket.addEventListener('message', told);
  return socket;
}

async function tokensFor(api: Api, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let n = 0; n < count; n++) {
    const { body } = await callApi(api, 'POST', '/api/admin-tokens', { name: `live-${n}`, role: 'viewer' });
    tokens.push((body as { token: string }).token);
  }
  return tokens;
}

/** Seconds of processor time that workerd has used. */
function workerdSeconds(pid: number): number {
  const workerd = descendants(pid).filter((child) => /workerd/.test(programOf(child) ?? ''));
  const ticks = workerd.map((child) => {
    const fields = readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, n) => sum + n, 0) / TICKS_PER_SECOND;
}

/** Processor time of workerd a second, in milliseconds, while nothing is asked of it. */
async function idleCost(pid: number, seconds: number): Promise<number> {
  await sleep(SETTLE_MS);
  const before = workerdSeconds(pid);
  await sleep(seconds * 1000);
  return Math.round(((workerdSeconds(pid) - before) / seconds) * 1000 * 10) / 10;
}

/** Reports a minute of usage and waits until every socket was told. @returns ms from the report's sending, by socket */
async function round(report: () => Promise<void>, sockets: number, arrivals: number[]): Promise<number[]> {
  arrivals.length = 0;
  const sent = performance.now();
  await report();
  const deadline = sent + MESSAGE_TIMEOUT_MS;
  while (arrivals.length < sockets && performance.now() < deadline) await sleep(5);
  return arrivals.map((at) => at - sent);
}

async function measure(options: Options): Promise<void> {
  const platform = await startPlatform({ env: { ...LIMITS_OFF, ALLOW_SHORT_WINDOWS: 'true' } });
  const open: WebSocket[] = [];
  try {
    const api = { url: platform.url, token: platform.ready.admin_token };
    const { customerId } = await signUp(api, 'live');
    await untilStatus(api, customerId, 'ready');
    const { body: organisations } = await callApi(api, 'GET', '/api/organisations');
    const slug = (organisations as { items: { slug: string }[] }).items[0]?.slug ?? '';
    const first = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - (options.rounds + 5) * MINUTE_MS;
    const made = await callApi(api, 'POST', `/api/customers/${customerId}/reporters`, {
      instance_id: 'live',
      window_seconds: 60,
      active_from: new Date(Math.floor(first / 3_600_000) * 3_600_000).toISOString(),
      take_over: true,
    });
    const reporter = made.body as { api_key: string };
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));

    const withoutSockets = await idleCost(platform.pid, options.idle);
    const arrivals: number[] = [];
    const url = `${platform.url}/api/billing/live?organisation=${slug}`;
    for (const token of await tokensFor(api, Math.ceil(options.sockets / SOCKETS_OF_ONE))) {
      const wanted = Math.min(SOCKETS_OF_ONE, options.sockets - open.length);
      const opening = Array.from({ length: wanted }, () =>
        openSocket(url, token, () => arrivals.push(performance.now())),
      );
      open.push(...(await Promise.all(opening)));
    }
    const withSockets = await idleCost(platform.pid, options.idle);

    const times: number[] = [];
    for (let n = 0; n < options.rounds; n++) {
      const end = first + (n + 1) * MINUTE_MS;
      const report = async () => {
        const answer = await callApi({ ...api, token: reporter.api_key }, 'POST', '/api/usage/report', {
          customer_id: customerId,
          instance_id: 'live',
          timestamp: new Date(end).toISOString(),
          window_start: new Date(end - MINUTE_MS).toISOString(),
          window_end: new Date(end).toISOString(),
          cpu_hours: 0.5,
        });
        if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
      };
      times.push(...(await round(report, open.length, arrivals)));
    }
    show(options, { times, expected: options.rounds * open.length, withoutSockets, withSockets });
  } finally {
    for (const socket of open) socket.close();
    await platform.stop();
  }
}

interface Measured {
  times: number[];
  expected: number;
  withoutSockets: number;
  withSockets: number;
}

function show({ sockets, rounds }: Options, { times, expected, withoutSockets, withSockets }: Measured): void {
  const spread = spreadOf(times);
  printTable([
    ['from the report to the socket', 'ms'],
    ['p50', spread.p50],
    ['p95', spread.p95],
    ['longest', spread.max],
    ['messages missing', expected - times.length],
    ['workerd while idle, no socket, ms a second', withoutSockets],
    [`workerd while idle, ${sockets} sockets, ms a second`, withSockets],
  ]);
  const missing = expected - times.length;
  printJson('live', {
    sockets,
    rounds,
    ...spread,
    missing,
    idle_ms: withoutSockets,
    idle_ms_with_sockets: withSockets,
  });
  if (spread.p95 >= BOUND_MS || missing > 0) process.exitCode = 1;
}

/** Runs the figure. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('live')
    .option('--sockets <n>', 'sockets that watch', wholeNumber, 200)
    .option('--rounds <n>', 'reports', wholeNumber, 30)
    .option('--idle <seconds>', 'how long an idle platform is watched', wholeNumber, 30)
    .parse(args, { from: 'user' });
  await measure(command.opts<Options>());
}
