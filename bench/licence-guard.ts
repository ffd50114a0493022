/**
 * `npm run figures -- licence-guard`: forged licences that the guard takes, its verdicts per second, and what it costs a request, in
 * Node and in workerd. Each time stands beside a bare one of the same run, in turns, because a time alone is the machine's.
 */
import { Command } from 'commander';
import { readKeys } from '../sdk/licence-guard/src/keys.ts';
import { verifyLicence } from '../sdk/licence-guard/src/verify.ts';
import { type Cases, makeCases } from '../test/sdk/licence-guard/cases.ts';
import { claims, customerId, issuer, newKey, signAs, startMs } from '../test/sdk/licence-guard/issuer.ts';
import { type Kind, type Work, workOf } from './support/guard-work.ts';
import { startWorkerWork } from './support/guard-worker.ts';
import { wholeNumber } from './support/options.ts';
import { printJson, printTable } from './support/report.ts';

type Options = { rounds: number; verdicts: number; requests: number };

const nowMs = startMs + 1000;
const kinds: { kind: Kind; beside: Kind; times: keyof Options }[] = [
  { kind: 'verdict', beside: 'bare signature', times: 'verdicts' },
  { kind: 'feature request', beside: 'bare request', times: 'requests' },
  { kind: 'limit request', beside: 'bare request', times: 'requests' },
];

/** Names of forged tokens that count; there are none. */
async function forgedAccepted({ keys, forged, others, othersLicence }: Cases): Promise<string[]> {
  const set = await readKeys({ jwks: { keys } });
  const offered = [
    ...forged,
    ...others.filter(({ code }) => code !== 'valid'),
    { name: 'another customer’s', token: othersLicence },
  ];
  const verdicts = await Promise.all(
    offered.map(async ({ name, token }) => ({
      name,
      ...(await verifyLicence(token, set, { issuer, customerId, now: nowMs })),
    })),
  );
  return verdicts.flatMap(({ name, valid }) => (valid ? [name] : []));
}

async function nanosecondsOf(work: (times: number) => Promise<void>, times: number): Promise<number> {
  const before = process.hrtime.bigint();
  await work(times);
  return Number(process.hrtime.bigint() - before);
}

/**
 * Nanoseconds for one of a kind and of what it stands beside: of rounds in turns the fastest, which other programs disturbed
 * least, without the call itself.
 */
async function timed(work: Work, { kind, beside, times }: (typeof kinds)[number], options: Options) {
  const count = options[times];
  const found: Record<'kind' | 'beside' | 'call', number[]> = { kind: [], beside: [], call: [] };
  await work[kind](count);
  await work[beside](count);
  for (let round = 0; round < options.rounds; round++) {
    found.call.push(await nanosecondsOf(work[kind], 0));
    found.beside.push(await nanosecondsOf(work[beside], count));
    found.kind.push(await nanosecondsOf(work[kind], count));
  }
  const call = Math.min(...found.call);
  const [ns, besideNs] = [found.kind, found.beside].map((all) => (Math.min(...all) - call) / count);
  return { kind, beside, ns: ns ?? 0, besideNs: besideNs ?? 0 };
}

const perSecond = (ns: number): number => Math.round(1e9 / ns);
const us = (ns: number): string => `${(ns / 1000).toFixed(1)} µs`;

/** Runs the figure; a forged licence that counts is a failing exit code. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('licence-guard')
    .description(
      'forged licences taken; verdicts per second and cost per request, in Node and in workerd, beside bare ones',
    )
    .option('--rounds <n>', 'rounds of each, in turns', wholeNumber, 100)
    .option('--verdicts <n>', 'verdicts a round', wholeNumber, 200)
    .option('--requests <n>', 'requests a round', wholeNumber, 5_000)
    .parse(args, { from: 'user' });
  const options = command.opts<Options>();
  const cases = await makeCases();
  const accepted = await forgedAccepted(cases);
  for (const name of accepted) console.log(`taken as a licence: ${name}`);

  const key = await newKey();
  const given = { token: await signAs(key, claims), jwk: key.jwk, issuer, customerId, nowMs };
  const inWorkerd = await startWorkerWork(given);
  const runtimes: [string, Work][] = [
    ['Node', await workOf(given)],
    ['workerd', inWorkerd.work],
  ];
  const rows: { runtime: string; kind: Kind; beside: Kind; ns: number; besideNs: number }[] = [];
  for (const [runtime, work] of runtimes) {
    for (const one of kinds) rows.push({ runtime, ...(await timed(work, one, options)) });
  }
  await inWorkerd.end();

  printTable([
    ['in', 'what', 'each', 'per second', 'beside', 'each', 'more', 'ratio'],
    ...rows.map(({ runtime, kind, beside, ns, besideNs }) => [
      runtime,
      kind,
      us(ns),
      perSecond(ns),
      beside,
      us(besideNs),
      us(ns - besideNs),
      (ns / besideNs).toFixed(2),
    ]),
  ]);
  printTable([
    ['figure', 'found', 'promised'],
    ['forged licences taken', accepted.length, 0],
  ]);
  printJson('licence-guard', {
    forged: cases.forged.length,
    accepted: accepted.length,
    times: rows.map(({ ns, besideNs, ...row }) => ({ ...row, ns: Math.round(ns), beside_ns: Math.round(besideNs) })),
  });
  if (accepted.length > 0) process.exitCode = 1;
}
