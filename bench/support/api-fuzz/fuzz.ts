/**
 * Runs of schemathesis as each principal against one platform, some operations at a time. What it sends, it makes of the document that the API
 * serves; what it counts is an answer of 5xx, and one whose status, media type, headers or schema the document does not have.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { demoApi } from '../../../dev/demo/api.ts';
import { startPlatform } from '../../../test/harness/platform.ts';
import { makePrincipal, type Principal, type PrincipalName } from './principals.ts';

export interface FuzzOptions {
  cases: number;
  /** Random cases an operation; without it as many as make `cases` over all of them. */
  perOperation?: number;
  /** A regular expression of operation ids. */
  operations: string;
  phases: string;
  seed: number;
  schemathesis: string;
}

export interface FuzzResult {
  principal: PrincipalName;
  operations: number;
  cases: number;
  /** Positive cases that were done, of those that a status of 2xx or 4xx says something of. */
  accepted: number;
  server_errors: number;
  undeclared: number;
  complete: boolean;
  failures: string[];
}

type Told = Omit<FuzzResult, 'principal'>;

const nothingYet = { operations: 0, cases: 0, accepted: 0, server_errors: 0, undeclared: 0, complete: true };

function add(to: FuzzResult, told: Told): void {
  for (const name of ['operations', 'cases', 'accepted', 'server_errors', 'undeclared'] as const)
    to[name] += told[name];
  to.complete &&= told.complete;
  to.failures.push(...told.failures);
}

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const failure = z.looseObject({
  check: z.string().optional(),
  title: z.string().optional(),
  message: z.string().optional(),
});
const report = z.object({
  complete: z.boolean(),
  operations: z.object({ tested: z.number() }),
  test_cases: z.object({ generated: z.number() }),
  failures: z.array(failure),
  errors: z.array(z.unknown()),
  valid_rates: z.record(z.string(), z.record(z.string(), z.object({ accepted: z.number() }))),
});

const off = ['SIGNUP', 'AUTH', 'SIGN_IN', 'LINKS', 'REPORT', 'BATCH', 'VALIDATE', 'WEBHOOKS', 'PUBLIC'];

/** Operations that one run of schemathesis takes: after each something can be said. */
const operationsOfRun = 28;

/** Runs them one after the other on one platform. @param say told how far it is, and each failure */
export async function fuzz(
  as: readonly PrincipalName[],
  options: FuzzOptions,
  say: (line: string) => void,
): Promise<FuzzResult[]> {
  const limits = Object.fromEntries(off.map((name) => [`RATE_LIMIT_${name}`, 'off']));
  // What is bought in a trial of a day is paid at once, and has an invoice.
  const platform = await startPlatform({ env: { ...limits, SIGNUP_PLANS: 'all', DEFAULT_TRIAL_DAYS: '1' } });
  const { url, ready } = platform;
  const results: FuzzResult[] = [];
  try {
    // All of them first: the cases of an owner take names, and places in the cluster.
    const made: [PrincipalName, Principal][] = [];
    for (const name of as) made.push([name, await makePrincipal(name, platform)]);
    await demoApi(ready, new AbortController().signal).clock({ hold: false });
    for (const [name, principal] of made) {
      const result: FuzzResult = { principal: name, ...nothingYet, failures: [] };
      results.push(result);
      await fuzzAs(url, principal, options, result, say);
    }
  } finally {
    await platform.stop();
  }
  return results;
}

/** Ids of the operations to ask, of the document that the API serves. */
async function operationsAt(url: string, { operations }: FuzzOptions): Promise<string[]> {
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  const all = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  return all.map(({ operationId }) => operationId).filter((id) => new RegExp(operations).test(id));
}

/** Adds to `result` what each run tells. */
async function fuzzAs(
  url: string,
  principal: Principal,
  options: FuzzOptions,
  result: FuzzResult,
  say: (line: string) => void,
): Promise<void> {
  const operations = await operationsAt(url, options);
  const perOperation = options.perOperation ?? Math.ceil(options.cases / operations.length);
  const begun = Date.now();
  for (let first = 0; first < operations.length; first += operationsOfRun) {
    const ids = operations.slice(first, first + operationsOfRun);
    add(result, await fuzzSome(url, principal, { ...options, perOperation, ids }));
    const { failures, ...numbers } = result;
    for (const told of failures.splice(0)) say(`${result.principal}: ${told}`);
    const seconds = Math.round((Date.now() - begun) / 1000);
    say(
      `${result.principal}: ${numbers.operations} of ${operations.length} operations, ${numbers.cases} cases, ${seconds} s`,
    );
  }
}

async function fuzzSome(
  url: string,
  { token: tokenOf, ids: parameters }: Principal,
  options: FuzzOptions & { perOperation: number; ids: readonly string[] },
): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-fuzz-'));
  const token = await tokenOf();
  const config = join(folder, 'schemathesis.toml');
  const told = join(folder, 'report.json');
  const lines = Object.entries(parameters).map(([name, id]) => `"path.${name}" = "${id}"`);
  writeFileSync(config, `[parameters]\n${lines.join('\n')}\n`);
  try {
    const output = await runTool(
      options.schemathesis,
      [
        ...['--config-file', config, 'run', `${url}/api/openapi.json`, '--checks', checks.join(',')],
        ...(token === null ? [] : ['--header', `Authorization: Bearer ${token}`]),
        ...options.ids.flatMap((id) => ['--include-operation-id', id]),
        ...['--phases', options.phases, '--max-examples', String(options.perOperation)],
        ...['--seed', String(options.seed), '--generation-database', 'none', '--workers', '2', '--continue-on-failure'],
        ...['--no-shrink', '--no-color', '--report', 'json', '--report-json-path', told],
      ],
      folder,
    );
    return toldBy(told, output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its exit code says what the report says as well. */
function runTool(program: string, arguments_: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, arguments_, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const note = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

/** The report counts errors; what they are, the tool says. */
const saidOfErrors = (output: string): string =>
  /=+ ERRORS =+[\s\S]*?(?==+ )/.exec(output)?.[0] ?? output.slice(-1_500);

function toldBy(file: string, output: string): Told {
  let read: z.output<typeof report>;
  try {
    read = report.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`schemathesis left no report: ${output.slice(-2_000)}`, { cause: error });
  }
  const ofServer = read.failures.filter(({ check }) => check === 'not_a_server_error').length;
  const phases = Object.values(read.valid_rates).flatMap((rates) => Object.values(rates));
  return {
    operations: read.operations.tested,
    cases: read.test_cases.generated,
    accepted: phases.reduce((sum, { accepted }) => sum + accepted, 0),
    server_errors: ofServer,
    undeclared: read.failures.length - ofServer,
    complete: read.complete && read.errors.length === 0,
    failures: [...read.failures, ...read.errors.map(() => saidOfErrors(output))].map((one) =>
      JSON.stringify(one).slice(0, 1_500),
    ),
  };
}
