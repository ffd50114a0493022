/**
 * `npm run prometheus-check [-- --minutes N] [--json]`: whether a Prometheus has what metering needs, with the exporter's
 * own environment; of the operator's own meters too when BILLING_API_URL, API_KEY and CUSTOMER_ID are set. Ends with 0 when every meter can be billed, 1 when one cannot or Prometheus does not answer, 2 on a
 * wrong environment or option.
 */
import { parseArgs } from 'node:util';
import { sentenceOf } from '../src/lib/api-client.ts';
import { exitCodes } from '../src/lib/exit-codes.ts';
import { minuteMs } from '../src/lib/time.ts';
import { checkPrometheus } from './checking/check.ts';
import type { Finding } from './checking/finding.ts';
import { systemClock } from './clock.ts';
import { type Config, readConfig } from './config.ts';
import { connectTo } from './prometheus/connect.ts';
import { apiOf } from './sending/connect.ts';
import { type Learned, nothingLearned } from './sending/learned.ts';

const usage = 'usage: npm run prometheus-check [-- --minutes N] [--json]';

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!/^\d{1,4}$/.test(text) || minutes < 5) throw new Error(`--minutes must be a whole number from 5, not "${text}"`);
  return minutes;
}

function optionsOf(args: string[]): { minutes: number; json: boolean } {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string', default: '15' }, json: { type: 'boolean', default: false } },
  });
  return { minutes: minutesOf(values.minutes), json: values.json };
}

const signs: Record<Finding['state'], string> = { ok: 'ok     ', warning: 'warning', missing: 'MISSING' };

function print(findings: Finding[]): void {
  for (const { state, about, told, todo } of findings) {
    console.log(`${signs[state]}  ${about}: ${told}`);
    if (todo) console.log(`         ${state === 'ok' ? '' : 'to do: '}${todo}`);
  }
}

/** No customer need be there yet to look at a cluster's Prometheus. */
const nobody = `cust_${'0'.repeat(32)}`;

/** The operator's own meters, and what is found where the API does not tell them: Prometheus is looked at all the same. */
async function ownMetersOf({ api: given, customerId }: Config): Promise<{ own: Learned; found: Finding[] }> {
  if (given === null || customerId === nobody) return { own: nothingLearned, found: [] };
  const api = apiOf(given, systemClock);
  const learned = await api.ownMeters(customerId);
  await api.close();
  if (learned.ok) return { own: learned.value, found: [] };
  const told = `the API does not tell them: ${sentenceOf(learned.error)}`;
  const todo = 'see to BILLING_API_URL, API_KEY and CUSTOMER_ID';
  return { own: nothingLearned, found: [{ state: 'missing', about: 'own meters', told, todo }] };
}

async function run(args: string[]): Promise<number> {
  let options: ReturnType<typeof optionsOf>;
  try {
    options = optionsOf(args);
  } catch (cause) {
    console.error(`${cause instanceof Error ? cause.message : String(cause)}\n${usage}`);
    return exitCodes.usage;
  }
  const config = readConfig({ CUSTOMER_ID: nobody, ...process.env }, true);
  if (!config.ok) {
    for (const line of config.error) console.error(line);
    return exitCodes.usage;
  }
  const { own, found: untold } = await ownMetersOf(config.value);
  const prometheus = connectTo(config.value, systemClock);
  const seen = await checkPrometheus(prometheus, config.value, systemClock.now(), options.minutes * minuteMs, own);
  await prometheus.close();
  if (!Array.isArray(seen)) {
    console.error(`Prometheus gave no usable answer (${seen.kind}): ${seen.message}`);
    return exitCodes.failed;
  }
  const found = [...seen, ...untold];
  if (options.json) console.log(JSON.stringify(found));
  else print(found);
  return found.some(({ state }) => state === 'missing') ? exitCodes.failed : exitCodes.done;
}

process.exitCode = await run(process.argv.slice(2));
