/**
 * Whether a bill is right, from its statement alone: signature, catalogue, windows and digests, and every line rated again by
 * the function that made it. Runs wherever there is Web Crypto: the command line, the customer's browser, the Worker. The only
 * file of this folder that cli/ and ui/ import; nothing that it needs may need Node (decision 0008). Pure.
 */
import { calculateJwkThumbprint, compactVerify, type JWK } from 'jose';
import type { Finding, StatementFacts, Verdict } from '../contracts/statement-verdict.ts';
import { type PublicKeySet, type StatementPayload, statementPayload } from '../contracts/statements.ts';
import { sha256Hex } from '../lib/keys.ts';
import { messageOf } from '../lib/message.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { iso, secondMs } from '../lib/time.ts';
import { holds, type Period, type PeriodKind } from '../periods/period.ts';
import { toCostLine } from '../pricing/cost-line.ts';
import { rate } from '../pricing/rate.ts';
import { stretchesOf } from '../pricing/segments.ts';
import type { RatedPlan } from '../pricing/stretch.ts';
import { readCatalogue, withPlans } from './catalogue.ts';
import { checkLines, type RatedAgain } from './check-lines.ts';
import { checkWindows } from './check-windows.ts';
import { readFile, type StatementFile } from './file.ts';
import { statementAlg } from './keys.ts';
import { type Cut, tallyOf } from './tally.ts';
import type { StatedWindow } from './window.ts';

/** What the reader knows of the bill beside the file; a statement of something else is wrong. */
export interface Expected {
  customerId?: string | undefined;
  invoiceId?: string | undefined;
}

/** Checks a statement. @param keys the published statement keys; null where the reader has none */
export async function verifyStatement(
  bytes: Uint8Array,
  keys: PublicKeySet | null,
  expected: Expected = {},
): Promise<Verdict> {
  const file = await readFile(bytes);
  if (!file.ok) return unreadable(file.error);
  const signature = await checkSignature(file.value, keys);
  const said: Finding[] = signature.fault === null ? [] : [{ part: 'signature', at: null, message: signature.fault }];
  const read = statementPayload.safeParse(file.value.payload);
  if (!read.success) {
    const issues = read.error.issues.map(({ path, message }): Finding => {
      const at = path.map(String).join('.');
      return { part: 'statement', at, message: `${at}: ${message}` };
    });
    return {
      outcome: 'unreadable',
      facts: null,
      signature: signature.state,
      lines: [],
      findings: [...said, ...issues],
    };
  }
  const payload = read.data;
  const { lines, findings, windows } = await checkContent(payload, file.value.windowLines);
  const all = [...said, ...asExpected(payload, expected), ...findings];
  return {
    outcome: all.length === 0 ? 'right' : 'wrong',
    facts: factsOf(payload, windows, file.value.header.kid),
    signature: signature.state,
    lines,
    findings: all,
  };
}

const unreadable = (message: string): Verdict => ({
  outcome: 'unreadable',
  facts: null,
  signature: null,
  lines: [],
  findings: [{ part: 'statement', at: null, message }],
});

const factsOf = (payload: StatementPayload, windows: number, kid: string): StatementFacts => ({
  invoice_id: payload.invoice_id,
  customer_id: payload.customer_id,
  issuer: payload.iss,
  issued_at: iso(payload.iat * secondMs),
  period: spanOf(payload),
  catalogue: payload.catalogue.version,
  windows,
  total_cents: payload.total_cents,
  kid,
});

/** The invoice's own period; of one without, from the first that it corrects to the last; of one without usage, that of its lines. */
function spanOf({ period, earlier, lines, iat }: StatementPayload): { start: string; end: string } {
  if (period !== null) return { start: period.start, end: period.end };
  const periods = earlier.length > 0 ? earlier : lines.flatMap((line) => line.period ?? []);
  const [starts, ends] = [periods.map(({ start }) => start).toSorted(), periods.map(({ end }) => end).toSorted()];
  const issuedAt = iso(iat * secondMs);
  return { start: starts[0] ?? issuedAt, end: ends.at(-1) ?? issuedAt };
}

interface Signature {
  state: Verdict['signature'];
  fault: string | null;
}

async function checkSignature({ jws, header }: StatementFile, keys: PublicKeySet | null): Promise<Signature> {
  const trusted = keys?.keys.find(({ kid }) => kid === header.kid);
  if (keys !== null && trusted === undefined) {
    const isLicences = keys.keys.some(({ kty }) => kty === 'RSA');
    const hint = isLicences ? ': those are keys of licences, and statements have their own' : '';
    return {
      state: 'wrong',
      fault: `the statement is signed by the key ${header.kid}, which is not among the keys given${hint}`,
    };
  }
  const key = (trusted ?? header.jwk) as JWK | null;
  if (key === null) return { state: 'wrong', fault: 'the statement does not bring its key: give the published keys' };
  try {
    if ((await calculateJwkThumbprint(key, 'sha256')) !== header.kid) {
      return { state: 'wrong', fault: `the key ${header.kid} is not the one that its id says` };
    }
    const { kty, crv, x, y } = key as { kty: string; crv: string; x: string; y: string };
    await compactVerify(jws, { kty, crv, x, y }, { algorithms: [statementAlg] });
  } catch {
    return {
      state: 'wrong',
      fault: `the signature by the key ${header.kid} does not fit: what it signs was changed after it was signed`,
    };
  }
  return { state: trusted === undefined ? 'intact' : 'trusted', fault: null };
}

function asExpected(payload: StatementPayload, { customerId, invoiceId }: Expected): Finding[] {
  const held = (at: string, found: string, wanted: string | undefined): Finding[] =>
    wanted === undefined || found === wanted
      ? []
      : [{ part: 'statement', at, message: `the statement is of ${found}, and not of ${wanted}` }];
  return [
    ...held('customer_id', payload.customer_id, customerId),
    ...held('invoice_id', payload.invoice_id, invoiceId),
  ];
}

async function checkContent(payload: StatementPayload, windowLines: readonly string[]) {
  const { text, sha256 } = payload.catalogue;
  const findings: Finding[] = [];
  if ((await sha256Hex(text)) !== sha256) {
    findings.push({
      part: 'catalogue',
      at: payload.catalogue.version,
      message: 'the catalogue of plans is not the one whose SHA-256 is beside it',
    });
  }
  const versions = readCatalogue(text);
  if (typeof versions === 'string') {
    findings.push({ part: 'catalogue', at: payload.catalogue.version, message: `the catalogue of plans: ${versions}` });
  } else if ([...versions.keys()].join(', ') !== payload.catalogue.version) {
    findings.push({
      part: 'catalogue',
      at: payload.catalogue.version,
      message: `the catalogue is said to be ${payload.catalogue.version}, and has ${[...versions.keys()].join(', ')}`,
    });
  }
  const checked = await checkWindows(windowLines, payload.digests);
  findings.push(...checked.findings);
  const periods: RatedAgain[] = [];
  for (const period of typeof versions === 'string' ? [] : periodsOf(payload)) {
    const rated = rateAgain(payload, period, versions as ReadonlyMap<string, RatedPlan>, checked.windows);
    if (rated.ok) periods.push({ ...period, lines: rated.value });
    else findings.push(rated.error);
  }
  findings.push(...outside(payload, checked.windows));
  const { lines, findings: ofLines } = checkLines(payload, periods);
  return { lines, findings: [...findings, ...ofLines], windows: checked.windows.length };
}

const periodsOf = ({ period, earlier }: StatementPayload): Omit<RatedAgain, 'lines'>[] => [
  ...(period === null ? [] : [{ ...period, billed: null }]),
  ...earlier.map(({ billed, ...one }) => ({
    ...one,
    billed: new Map(billed.map(({ line_id, amount_cents }) => [line_id, amount_cents])),
  })),
];

const inMs = ({ start, end }: { start: string; end: string }): Period => ({
  start: Date.parse(start),
  end: Date.parse(end),
});

/** Windows that end in none of the periods: they can be on no line, so they have no place here. */
function outside(payload: StatementPayload, windows: readonly StatedWindow[]): Finding[] {
  const periods = periodsOf(payload).map(inMs);
  const strangers = windows.filter(({ end }) => !periods.some((period) => holds(period, end)));
  return strangers.length === 0
    ? []
    : [
        {
          part: 'window',
          at: strangers[0] ? iso(strangers[0].end) : null,
          message: `${strangers.length} windows end outside of the period, the first at ${iso(strangers[0]?.end ?? 0)}`,
        },
      ];
}

/** The usage lines of a period by its windows. */
function rateAgain(
  payload: StatementPayload,
  { start, end, kind }: { start: string; end: string; kind: PeriodKind },
  versions: ReadonlyMap<string, RatedPlan>,
  windows: readonly StatedWindow[],
): Result<RatedAgain['lines'], Finding> {
  const period = { ...inMs({ start, end }), kind };
  const wrong = (part: Finding['part'], message: string) => err<Finding>({ part, at: start, message });
  if (period.start >= period.end) return wrong('statement', `the period from ${start} to ${end} has no time in it`);
  try {
    const cuts = withPlans(stretchesOf(period, changesOf(payload), overridesOf(payload)), versions);
    if (typeof cuts === 'string') return wrong('plan', `the catalogue has not ${cuts}, which the customer was on`);
    const tally = tallyOf(cuts as Cut[]);
    for (const window of windows) tally.add(window);
    const { lines } = rate({ period, stretches: tally.stretches() });
    return ok(lines.filter((line) => line.kind === 'usage').map((line) => toCostLine(line, period)));
  } catch (error) {
    return wrong('statement', `the period from ${start} to ${end} cannot be rated: ${messageOf(error)}`);
  }
}

const oldestFirst = <T extends { effectiveAt: number }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => a.effectiveAt - b.effectiveAt);

const changesOf = ({ plan_changes: changes }: StatementPayload) =>
  oldestFirst(
    changes.map(({ effective_at: at, plan, plan_version: planVersion }) => ({
      effectiveAt: Date.parse(at),
      plan,
      planVersion,
    })),
  );

const overridesOf = ({ overrides }: StatementPayload) =>
  oldestFirst(
    overrides.map(({ effective_at: at, plan, until_plan_change: untilPlanChange, allowances, prices }) => ({
      effectiveAt: Date.parse(at),
      plan,
      untilPlanChange,
      allowances,
      prices,
    })),
  );
