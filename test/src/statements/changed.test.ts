/**
 * Whatever is changed in a statement is seen and named: each field of what is signed, each window dropped, doubled, swapped. By
 * somebody without the key, and by somebody who has it and signs a bill that its own windows do not give.
 */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../../bench/support/random.ts';
import type { Verdict } from '../../../src/contracts/statement-verdict.ts';
import { type PublicKeySet, type StatementPayload, statementPayload } from '../../../src/contracts/statements.ts';
import { gunzip } from '../../../src/lib/gzip.ts';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { openStatementKeys, signStatement } from '../../../src/statements/keys.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { digestOf } from '../../../src/statements/window.ts';
import { decoded, leaves, type Path, packed, textOf, underHeader, unsigned, withChange } from './forging.ts';
import { makeWorld, publishedKeys } from './kit.ts';
import { allScenarios, billOf, scenarioOf } from './scenarios.ts';

/** `npm run figures -- statements` takes many. */
const {
  TEST_STATEMENTS: asked,
  TEST_STATEMENTS_FIRST: first = 101,
  STATEMENT_PRIVATE_KEYS: privateKeys,
} = env as unknown as { TEST_STATEMENTS?: number; TEST_STATEMENTS_FIRST?: number; STATEMENT_PRIVATE_KEYS: string };
const world = await makeWorld();
const keys = await openStatementKeys(privateKeys);
const seeds = Array.from({ length: asked ?? allScenarios.length }, (_, i) => first + i);
/** The short form looks at every so many fields and windows, all of them over the seeds of the long one. */
const step = asked === undefined ? 29 : 1;
const some = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % step === 0);
/** For what hangs: the long form reads a statement a thousand times. */
const timeout = 600_000;

interface Opened {
  jws: string;
  payload: StatementPayload;
  windows: string[];
  keys: PublicKeySet;
  bytes: Uint8Array;
}

async function opened(seed: number): Promise<Opened> {
  const { bytes } = await billOf(world, seed, 24);
  const [jws = '', ...windows] = (await gunzip(bytes)).trimEnd().split('\n');
  const payload = statementPayload.parse(JSON.parse(decoded(jws.split('.')[1] ?? '')));
  return { jws, payload, windows, keys: await publishedKeys(world), bytes };
}

const namesOf = ({ findings }: Verdict): string[] => findings.map(({ part, at }) => `${part} ${at}`);

describe.each(seeds.map((seed) => [scenarioOf(seed), seed] as const))(
  'a statement, %s, of seed %i',
  { timeout },
  (_, seed) => {
    it('is right as it is, also where a program has unpacked it', async () => {
      const { bytes, jws, windows, keys: published } = await opened(seed);
      expect(await verifyStatement(bytes, published)).toMatchObject({ outcome: 'right', findings: [] });
      const plain = new TextEncoder().encode(textOf(jws, windows));
      expect((await verifyStatement(plain, published)).outcome).toBe('right');
    });

    it('names the signature, and the field where its form or the bill says so, whichever of them is changed', async () => {
      const { jws, payload, windows, keys: published } = await opened(seed);
      const unseen: string[] = [];
      for (const { path, value } of some(leaves(payload))) {
        const forged = packed(unsigned(jws, withChange(payload, path, value)), windows);
        for (const set of [published, null]) {
          const verdict = await verifyStatement(forged, set);
          const isNewer = path[0] === 'version';
          const named = verdict.findings.some(({ part }) => part === (isNewer ? 'statement' : 'signature'));
          if (verdict.outcome === 'right' || !named) unseen.push(path.join('.'));
        }
      }
      expect(unseen).toEqual([]);
    });

    it('names the signature or the field of its header, whichever of them is changed, dropped or added', async () => {
      const { jws, windows, keys: published } = await opened(seed);
      const header = JSON.parse(decoded(jws.split('.')[0] ?? '')) as Record<string, unknown>;
      expect(Object.keys(header).toSorted()).toEqual(['alg', 'jwk', 'kid', 'typ']);
      const unseen: string[] = [];
      const see = async (what: string, forged: unknown, words: (set: PublicKeySet | null) => string | RegExp) => {
        for (const set of [published, null]) {
          const verdict = await verifyStatement(packed(underHeader(jws, forged), windows), set);
          const said = verdict.findings.map(({ part, message }) => `${part}: ${message}`).join('\n');
          const isNamed = new RegExp(words(set)).test(said);
          if (verdict.outcome === 'right' || !isNamed) unseen.push(`${what}, ${set ? 'with keys' : 'alone'}: ${said}`);
        }
      };
      const ofAlg = 'statement: the statement is signed by .*: only ES256';
      const ofTyp = 'statement: this is signed as .*, not as a statement';
      const ofKey = 'signature: .*the key';
      const wordsOf = (field: unknown) => () => (field === 'alg' ? ofAlg : field === 'typ' ? ofTyp : ofKey);
      for (const { path, value } of leaves(header)) {
        await see(path.join('.'), withChange(header, path, value), wordsOf(path[0]));
      }
      for (const field of Object.keys(header)) {
        const { [field]: _dropped, ...rest } = header;
        await see(
          `without ${field}`,
          rest,
          field === 'kid'
            ? () => 'with a key id'
            : field === 'jwk'
              ? (set) => (set ? ofKey : 'does not bring its key')
              : wordsOf(field),
        );
      }
      for (const more of [{ crit: ['exp'] }, { b64: false }, { zip: 'DEF' }, { x: 1 }]) {
        await see(`with ${Object.keys(more)}`, { ...header, ...more }, () => ofKey);
      }
      expect(unseen).toEqual([]);
    });

    it('names the line whose field is not what its windows give, whoever has signed it', async () => {
      const { payload, windows, keys: published } = await opened(seed);
      const unseen: string[] = [];
      const own = payload.lines.flatMap((line, i) =>
        line.by === 'tenantry' && line.period !== null ? [{ line, i }] : [],
      );
      for (const { line, i } of own) {
        for (const { path, value } of some(leaves(line, ['lines', i]))) {
          if (path.at(-1) === 'by' || path.at(-1) === 'not_billed') continue;
          // Which invoice billed the period first no window says: that is what we stand by.
          if (path.at(-1) === 'delta_of' && value !== null) continue;
          const jws = await signStatement(keys, withChange(payload, path, value));
          const verdict = await verifyStatement(packed(jws, windows), published);
          const field = path.join('.');
          const isNamed = verdict.findings.some(
            ({ part, at }) => (part === 'line' && (at === line.line_id || at === `${line.line_id}x`)) || at === field,
          );
          if (verdict.outcome === 'right' || !isNamed) unseen.push(`${field}: ${namesOf(verdict)}`);
        }
      }
      expect(unseen).toEqual([]);
    });

    it('names the line of usage that is said to be Stripe’s, and so is not rated again', async () => {
      const { payload, windows, keys: published } = await opened(seed);
      const unseen: string[] = [];
      for (const [i, line] of payload.lines.entries()) {
        if (line.by === 'stripe' || line.period === null || line.not_billed !== null || line.amount_cents === 0)
          continue;
        const lines = payload.lines.with(i, { ...line, by: 'stripe', amount_cents: line.amount_cents + 100 });
        const jws = await signStatement(keys, { ...payload, lines, total_cents: payload.total_cents + 100 });
        const verdict = await verifyStatement(packed(jws, windows), published);
        if (!namesOf(verdict).includes(`line ${line.line_id}`)) unseen.push(`${line.line_id}: ${verdict.outcome}`);
      }
      expect(unseen).toEqual([]);
    });

    it('names the line, or the field, where another thing was billed before, or of another period', async () => {
      const { payload, windows, keys: published } = await opened(seed);
      const unseen: string[] = [];
      const isOfNothing = ([, i, , n]: Path) => payload.earlier[Number(i)]?.billed[Number(n)]?.amount_cents === 0;
      for (const { path, value } of some(leaves(payload.earlier, ['earlier']))) {
        if (path.at(-1) === 'line_id' && isOfNothing(path)) continue;
        const verdict = await verifyStatement(
          packed(await signStatement(keys, withChange(payload, path, value)), windows),
          published,
        );
        const isNamed = verdict.findings.some(({ part, at }) => part === 'line' || at === path.join('.'));
        if (verdict.outcome === 'right' || !isNamed) unseen.push(`${path.join('.')}: ${namesOf(verdict)}`);
      }
      // What was billed, and what the windows give no more, has to be given back.
      for (const [i, one] of payload.earlier.entries()) {
        const billed = [...one.billed, { line_id: 'gone', amount_cents: 100 }];
        const jws = await signStatement(keys, { ...payload, earlier: payload.earlier.with(i, { ...one, billed }) });
        if (!namesOf(await verifyStatement(packed(jws, windows), published)).includes('line gone')) unseen.push('gone');
      }
      expect(unseen).toEqual([]);
    });

    it('names digest, catalogue and total that do not fit, whoever has signed them', async () => {
      const { payload, windows, keys: published } = await opened(seed);
      const unseen: string[] = [];
      const see = async (changedPayload: StatementPayload, part: string, file = windows) => {
        const verdict = await verifyStatement(packed(await signStatement(keys, changedPayload), file), published);
        if (verdict.outcome !== 'wrong' || !verdict.findings.some((found) => found.part === part)) {
          unseen.push(`${part}: ${namesOf(verdict)}`);
        }
      };
      for (const { path, value } of some(leaves(payload.digests, ['digests']))) {
        if (path.at(-1) !== 'day') await see(withChange(payload, path, value), 'digest');
      }
      for (const name of ['version', 'sha256', 'text'] as const) {
        await see(withChange(payload, ['catalogue', name], payload.catalogue[name]), 'catalogue');
      }
      await see({ ...payload, total_cents: payload.total_cents - 1 }, 'total');
      await see({ ...payload, lines: payload.lines.slice(1) }, 'line');
      await see({ ...payload, lines: [...payload.lines, ...payload.lines.slice(0, 1)] }, 'line');
      // Another price, with the hash that goes with it: then the lines are not what it gives.
      const text = payload.catalogue.text.replaceAll(/"(unitPrice|amount|packagePrice)":"[^"]+"/g, '"$1":"77"');
      await see({ ...payload, catalogue: { ...payload.catalogue, text, sha256: await sha256Hex(text) } }, 'line');
      expect(unseen).toEqual([]);
    });

    it('names the window, or its day, that was dropped, doubled, swapped, changed or added', async () => {
      const { jws, payload, windows, keys: published } = await opened(seed);
      const random = seeded(seed);
      const unseen: string[] = [];
      const see = async (what: string, file: readonly string[], day: string | null) => {
        const verdict = await verifyStatement(packed(jws, file), published);
        const isNamed = verdict.findings.some(
          ({ part, at, message }) =>
            (part === 'digest' || part === 'window') && (day === null || `${at} ${message}`.includes(day)),
        );
        if (verdict.outcome !== 'wrong' || !isNamed) unseen.push(`${what}: ${namesOf(verdict)}`);
      };
      const dayOf = (line: string): string =>
        new Date((JSON.parse(line) as { end: number }).end - 1).toISOString().slice(0, 10);
      for (const [i, line] of some([...windows.entries()])) {
        await see(`dropped ${i}`, windows.toSpliced(i, 1), dayOf(line));
        await see(`doubled ${i}`, windows.toSpliced(i, 0, line), dayOf(line));
        await see(`added ${i}`, windows.toSpliced(i, 0, line.replace(/"revision":\d+/, '"revision":1')), null);
        const more = line.replace(/"revision":(\d)/, '"revision":9$1');
        await see(`revised ${i}`, windows.with(i, more), dayOf(line));
        const [column] = Object.keys((JSON.parse(line) as { quantities: object }).quantities);
        const quantity = line.replace(
          new RegExp(`"${column}":\\d+`),
          `"${column}":${Math.floor(random.fraction() * 1e6)}`,
        );
        if (quantity !== line) await see(`quantity of ${i}`, windows.with(i, quantity), dayOf(line));
      }
      const days = Map.groupBy(
        windows.map((line, i) => ({ line, i })),
        ({ line }) => {
          const { namespace, instance_id } = JSON.parse(line) as Record<string, string>;
          return `${namespace} ${instance_id} ${dayOf(line)}`;
        },
      );
      for (const [a, b] of [...days.values()]) {
        if (!a || !b) continue;
        await see(`swapped ${a.i}`, windows.with(a.i, b.line).with(b.i, a.line), dayOf(a.line));
      }
      await see('none left', [], null);
      // Signed again over the doubled window: it still stands twice.
      const [once = ''] = windows;
      const [digest] = payload.digests;
      if (digest && digest.windows === 1) {
        const twice = { ...digest, windows: 2, sha256: await digestOf([once, once]) };
        const forged = await signStatement(keys, { ...payload, digests: [twice, ...payload.digests.slice(1)] });
        const verdict = await verifyStatement(packed(forged, [once, ...windows]), published);
        expect(namesOf(verdict).some((name) => name.startsWith('window'))).toBe(true);
      }
      expect(unseen).toEqual([]);
    });

    it('says what the file is, where it is cut short, newer, of another customer, or no statement', async () => {
      const { jws, bytes, payload, windows, keys: published } = await opened(seed);
      const said = async (file: Uint8Array, expected = {}) => {
        const { outcome, findings } = await verifyStatement(file, published, expected);
        return `${outcome}: ${findings[0]?.message}`;
      };
      expect(await said(bytes.slice(0, -9))).toMatch(/^unreadable: .*cut short/);
      expect(await said(bytes.slice(0, 40))).toMatch(/^unreadable: .*cut short/);
      const half = new TextEncoder().encode(textOf(jws, windows).slice(0, -30));
      expect(await said(half)).toMatch(/^wrong: line \d+ of the file is no window/);
      const newer = await signStatement(keys, { ...payload, version: 3 as 2 });
      expect(await said(packed(newer, windows))).toMatch(/^unreadable: .*version 3.*newer program/);
      expect(await said(bytes, { customerId: 'cust_other' })).toMatch(
        /^wrong: the statement is of cust_\w+, and not of cust_other/,
      );
      expect(await said(bytes, { invoiceId: 'inv_other' })).toMatch(
        /^wrong: the statement is of inv_\w+, and not of inv_other/,
      );
      expect(await said(new Uint8Array())).toMatch(/^unreadable: the file is empty/);
      expect(await said(new TextEncoder().encode('{"keys":[]}'))).toMatch(/^unreadable: the file is not a statement/);
      expect(await said(new Uint8Array([0x1f, 0x8b, 1, 2, 3]))).toMatch(/^unreadable: /);
    });
  },
);
