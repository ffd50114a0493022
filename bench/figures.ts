/**
 * `npm run figures -- NAME [options]`: measures one figure of docs/figures.md. Owns the names; each figure is a module
 * beside this one with `run(args)`, which prints a table and a JSON line and sets a failing exit code when a check fails.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const figures = {
  chaos: 'kill -9 at seeded points over platform, workerd, provisioner and helm: what is left of it',
  'hand-edits': 'hand edits of eight kinds, each followed by a suspension and a resumption: how many get stuck',
  provisioning: 'sign-up to ready on the real control plane, and how much of it is our own time',
  fleet: '1,000 customers who sign up at once: minutes, processor, memory, calls, beside Helm by hand and Flux',
  replay: 'one report sent 1,000 times in parallel: one row, one cost',
  deliveries: '100,000 reports, repeated and shuffled, acks lost, workerd killed: lost, unexpected, doubled',
  'usage-reporter': 'an application that reports itself under kill -9, steps of its clock, outages: lost, doubled',
  metering: 'generated days with known truth: what the exporter makes of them',
  'metering-fuzz': 'days of random mess with known truth: whether anybody is billed more than was used',
  'kernel-truth': 'a busy stack on a real node: each minute of its usage beside what the kernel counted',
  journey: 'known use on a real control plane, scraped, reported and billed: each line against the truth',
  exporter: 'memory and seconds per window over 100 and 300 pods, and over 500 namespaces of a cluster',
  demo: 'npm start -- --demo from an empty folder: seconds, sizes, the same numbers each time',
  customers: 'cost, forecast and the list of 30,000 customers, beside a D1 query of nothing',
  live: 'from a report to 200 open sockets, and what sockets cost while nothing happens',
  focus: 'months of random use in the form of FOCUS, judged by the published validator',
  'queue-lists': 'the queue console’s reads of 100,000 jobs, beside a D1 query of nothing',
  licences: 'licences while their keys rotate: valid ones refused; issued and verified a second in Node and workerd',
  rating: 'random bills beside an oracle of exact fractions, properties of stories, mutants seen',
  'spend-cap': 'random loads under a spend cap: how far above it each comes, beside what was printed',
  'api-fuzz': 'cases made from /api/openapi.json as each principal: 5xx, and answers that it does not allow',
  pages: 'every page on the whole demo: the API’s numbers on it, axe, what is cut, what it complains of',
  'organisation-sums':
    'random months of organisations, read in every way and beside exact fractions: what differs by a cent',
  corrections: 'random corrections of usage: previews beside the bill, billed plus deltas beside what would have been',
  closing: 'what closing a period costs: round trips, calls of Stripe, time',
  intents: 'orders while 30 % of the writes to Stripe are never answered and processes die between steps: what differs',
  statements: 'every field of 200 statements changed, windows dropped, doubled, swapped: what is not named',
  drift: '50 faults between our rows and Stripe, of many seeds: how many are found, and what is found beside them',
  webhooks: 'Stripe’s events in any order, after 71 hours without webhooks, and holds that fail',
  'half-year':
    'subscriptions of 200 customers over half a year: what differs between our side and Stripe’s after any day',
  year: 'a year of 200 customers beside an oracle of its own: which invoices differ by a cent',
  'licence-guard': 'forged licences taken; verdicts per second and cost per request, in Node and in workerd',
  'mosquitto-exporter': 'clients, messages and a restart of a real mosquitto, as its exporter shows them',
  dockerfiles: 'the Dockerfiles, built from their first line to their last on bases that are made here',
  intake: 'reports per second, accepted and durable, beside an Express + PostgreSQL insert per report',
} as const;

type Figure = { run: (args: string[]) => Promise<void> };
const EXIT_USAGE = 2;

const fileOf = (name: string): URL => new URL(`./${name}.ts`, import.meta.url);
const built = Object.entries(figures).filter(([name]) => existsSync(fileURLToPath(fileOf(name))));

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !built.some(([known]) => known === name)) {
  if (name !== undefined) console.error(`there is no figure ${name}`);
  console.log('npm run figures -- NAME [options]      NAME --help says which options\n');
  for (const [known, about] of built) console.log(`  ${known.padEnd(18)}${about}`);
  process.exit(name === undefined ? 0 : EXIT_USAGE);
}
const figure = (await import(fileOf(name).href)) as Figure;
await figure.run(args);
