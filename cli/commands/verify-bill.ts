/**
 * `verify-bill`: whether a bill is right, from its statement alone. Needs no API, no database and no network, so that whoever pays
 * may run it on a machine of their own. Exit 0: right, 1: wrong, 2: no statement that can be read.
 */
import { readFile } from 'node:fs/promises';
import type { Verdict } from '../../src/contracts/statement-verdict.ts';
import { type PublicKeySet, publicKeySet } from '../../src/contracts/statements.ts';
import { parseJson } from '../../src/lib/json.ts';
import { messageOf } from '../../src/lib/message.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { verifyStatement } from '../../src/statements/verify.ts';
import { type Define, type Done, done } from '../command.ts';
import type { Failure } from '../failure.ts';
import { counted, dateOf, dollars, minuteOf } from '../format/amounts.ts';
import { type Column, tableOf } from '../format/table.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  keys?: string;
  customer?: string;
  invoice?: string;
}

const usage = (message: string) => err<Failure>({ kind: 'usage', message });

async function bytesOf(path: string): Promise<Result<Uint8Array, Failure>> {
  try {
    return ok(await readFile(path));
  } catch (error) {
    return usage(`${path}: cannot be read (${messageOf(error)})`);
  }
}

async function keysOf(path: string | undefined): Promise<Result<PublicKeySet | null, Failure>> {
  if (path === undefined) return ok(null);
  const bytes = await bytesOf(path);
  if (!bytes.ok) return bytes;
  const read = publicKeySet.safeParse(parseJson(new TextDecoder().decode(bytes.value)));
  if (!read.success) return usage(`${path}: is no key set, such as /.well-known/statement-keys.json has`);
  return ok(read.data);
}

const stateWords = {
  right: 'right',
  wrong: 'WRONG',
  copied: 'not ours to rate',
  held: 'right, held for approval',
  rejected: 'right, not billed',
} as const;

const columns: readonly Column[] = [
  { title: 'line' },
  { title: 'amount', align: 'right' },
  { title: 'check' },
  { title: 'id' },
];

const signatureWords = ({ signature, facts }: Verdict): string => {
  const kid = facts?.kid ?? '';
  if (signature === 'trusted') return `the signature is right, by the key ${kid} of the keys given`;
  if (signature === 'intact') {
    return `nobody has changed it since it was signed by the key ${kid}; whose key that is, only --keys can say`;
  }
  return 'the signature is wrong';
};

/** The whole verdict in words. */
function linesFor(verdict: Verdict): string[] {
  const { facts, lines, findings, outcome } = verdict;
  if (facts === null) return findings.map(({ message }) => message);
  const { invoice_id: invoice, customer_id: customer, period, windows, total_cents: total } = facts;
  return [
    `${invoice} of ${customer}, usage from ${dateOf(period.start)} to ${dateOf(period.end)}`,
    `by ${facts.issuer}, signed ${minuteOf(facts.issued_at)} UTC; plans ${facts.catalogue}; ${counted(windows, 'window')}`,
    signatureWords(verdict),
    '',
    ...tableOf(
      columns,
      lines.map((line) => [line.description, dollars(line.amount_cents), stateWords[line.state], line.line_id]),
    ),
    '',
    ...findings.map(({ message }) => `WRONG: ${message}`),
    outcome === 'right'
      ? `The bill is right: ${dollars(total)} before tax.`
      : `The bill is wrong: ${counted(findings.length, 'finding')}.`,
  ];
}

async function verify(world: World, path: string, options: Options): Done {
  const [bytes, keys] = await Promise.all([bytesOf(path), keysOf(options.keys)]);
  if (!bytes.ok) return bytes;
  if (!keys.ok) return keys;
  const expected = { customerId: options.customer, invoiceId: options.invoice };
  const verdict = await verifyStatement(bytes.value, keys.value, expected);
  print(world, options, verdict, linesFor(verdict));
  if (verdict.outcome === 'right') return done;
  if (verdict.outcome === 'unreadable') return usage(`${path}: is no statement that can be checked`);
  return err({ kind: 'failed', message: `${path}: the bill is not what its statement proves` });
}

export const verifyBillProgram: Define = ({ program, world, alone }) => {
  program
    .description('Whether a bill is right, from its statement alone: no API, no network')
    .argument('<file>', 'the statement, as GET /api/invoices/:id/statement answers it')
    .option('--keys <file>', 'the published keys, saved from /.well-known/statement-keys.json')
    .option('--customer <id>', 'whose bill it must be')
    .option('--invoice <id>', 'which invoice it must be of')
    .option(...jsonOption)
    .action(alone((file: string, options: Options) => verify(world, file, options)));
};
