/**
 * `npm run figures -- focus`: months of random use of organisations with hostile names and labels, reported through the API,
 * exported in the form of FOCUS and judged by the published validator; and each file's sum beside what the API says.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { startPlatform } from '../test/harness/platform.ts';
import { readCsv } from '../test/src/organisations/focus-rules.ts';
import { type Api, callApi } from './support/api.ts';
import { judge, prepareValidator } from './support/focus/validator.ts';
import { LIMITS_OFF } from './support/intake/target.ts';
import { wholeNumber } from './support/options.ts';
import { seeded } from './support/random.ts';
import { printJson, printTable } from './support/report.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BATCH = 1000;

/** Names that break programs which read CSV, guess types, or run formulas. */
const COMPANIES = [
  '=HYPERLINK("https://evil.example","click")',
  '+1',
  '-2+3',
  '@SUM(A1:A9)',
  'comma, "quote" and \\backslash',
  '12345',
  '007',
  'NaN',
  'null',
  'true',
  '1e5',
  '2026-10-01',
  'Ünïcødé 日本 💥',
  "apostrophe's",
];
const LABELS = { team: '=1+1', 'cost-centre': '0042', note: 'a,b;c"d\\', emoji: '💥', empty: '-', flag: 'true' };

type Options = { days: number; organisations: number };

async function must(api: Api, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await callApi(api, method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Reports every hour of the days for one customer, with random quantities. */
async function reportDays(api: Api, customerId: string, namespace: string, days: number, seed: number): Promise<void> {
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const from = end - days * DAY_MS;
  const made = await must(api, 'POST', `/api/customers/${customerId}/reporters`, {
    instance_id: 'focus',
    namespaces: [namespace],
    active_from: new Date(from).toISOString(),
  });
  const { api_key: token } = made as { api_key: string };
  const random = seeded(seed);
  const reports = Array.from({ length: days * 24 }, (_, i) => ({
    customer_id: customerId,
    instance_id: 'focus',
    namespace,
    timestamp: new Date(from + (i + 1) * HOUR_MS).toISOString(),
    cpu_hours: random.fraction() * 4,
    memory_gb_hours: random.fraction() * 16,
    storage_used_gb: random.fraction() * 100,
    network_bytes_sent: Math.floor(random.fraction() * 1e9),
    network_bytes_received: Math.floor(random.fraction() * 1e9),
    http_requests: Math.floor(random.fraction() * 1e5),
    public_ips: 1,
  }));
  for (let at = 0; at < reports.length; at += BATCH) {
    const answer = await must({ ...api, token }, 'POST', '/api/usage/batch', {
      reports: reports.slice(at, at + BATCH),
    });
    const { rejected, results } = answer as { rejected: number; results: unknown[] };
    if (rejected > 0)
      throw new Error(JSON.stringify(results.find((r) => (r as { status: string }).status !== 'accepted')));
  }
}

const cents = (dollars: string | number | undefined): number => Math.round(Number(dollars) * 100);

/** One file a month of an organisation, beside what the summary says of that month. */
async function exportMonths(api: Api, slug: string, months: readonly string[], folder: string) {
  const files: { file: string; cents: number; summary: number }[] = [];
  for (const month of months) {
    const path = `/api/billing/export?format=focus&month=${month}&organisation=${slug}`;
    const response = await fetch(new URL(path, api.url), { headers: { authorization: `Bearer ${api.token}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    const { rows } = readCsv(text);
    const summary = await must(api, 'GET', `/api/billing/summary?month=${month}&organisation=${slug}`);
    const file = join(folder, `${slug}-${month}.csv`);
    writeFileSync(file, text);
    files.push({
      file,
      cents: rows.reduce((sum, row) => sum + cents(row['BilledCost']), 0),
      summary: cents((summary as { data: { total: number } }).data.total),
    });
  }
  return files;
}

/** The months that some days before now lie in. */
const monthsOf = (days: number): string[] => [
  ...new Set(Array.from({ length: days }, (_, n) => new Date(Date.now() - n * DAY_MS).toISOString().slice(0, 7))),
];

/** The slug of each organisation by its name. */
async function slugsOf(api: Api): Promise<Map<string, string>> {
  const listed = (await must(api, 'GET', '/api/organisations?limit=100')) as {
    items: { name: string; slug: string }[];
  };
  return new Map(listed.items.map(({ name, slug }) => [name, slug]));
}

async function measure({ days, organisations }: Options): Promise<void> {
  const missing = prepareValidator();
  if (missing !== null) {
    console.log(`skipped: the published validator cannot be had (it needs Python 3.11 or older and pip): ${missing}`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-focus-'));
  const platform = await startPlatform({ env: LIMITS_OFF });
  try {
    const api = { url: platform.url, token: platform.ready.admin_token };
    const names = COMPANIES.slice(0, organisations);
    const made: { name: string; namespace: string }[] = [];
    for (const [n, name] of names.entries()) {
      const { customerId } = await signUpAs(api, name, n);
      const namespace = `project-${n}`;
      await reportDays(api, customerId, namespace, days, n);
      made.push({ name, namespace });
    }
    const slugs = await slugsOf(api);
    await sleep(5000);
    const files = [];
    for (const { name, namespace } of made) {
      const slug = slugs.get(name) ?? '';
      await must(api, 'PUT', `/api/billing/projects/${namespace}/labels?organisation=${slug}`, LABELS);
      files.push(...(await exportMonths(api, slug, monthsOf(days), folder)));
    }
    show(files);
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const signUpAs = async (api: Api, company_name: string, n: number): Promise<{ customerId: string }> => {
  const body = await must(api, 'POST', '/api/customers/signup', { email: `focus-${n}@example.com`, company_name });
  return { customerId: (body as { customer: { customer_id: string } }).customer.customer_id };
};

function show(files: readonly { file: string; cents: number; summary: number }[]): void {
  const verdicts = judge(files.map(({ file }) => file));
  const findings = verdicts.flatMap((verdict) => verdict.findings.map((found) => `${verdict.file}: ${found}`));
  const unequal = files.filter((file) => file.cents !== file.summary);
  const rows = verdicts.reduce((sum, verdict) => sum + verdict.rows, 0);
  printTable([
    ['files', verdicts.length],
    ['rows', rows],
    ['checks a file', verdicts[0]?.checks ?? 0],
    ['findings', findings.length],
    ['sums that are not the summary’s', unequal.length],
  ]);
  for (const finding of findings.slice(0, 20)) console.log(finding);
  printJson('focus', { files: verdicts.length, rows, findings: findings.length, unequal: unequal.length });
  if (findings.length > 0 || unequal.length > 0 || verdicts.length !== files.length) process.exitCode = 1;
}

/** Runs the figure. */
export async function run(args: string[]): Promise<void> {
  const command = new Command('focus')
    .option('--days <n>', 'days of use before now', wholeNumber, 60)
    .option('--organisations <n>', `organisations, ${COMPANIES.length} at most`, wholeNumber, COMPANIES.length)
    .parse(args, { from: 'user' });
  await measure(command.opts<Options>());
}
