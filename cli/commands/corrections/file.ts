/**
 * `corrections file`: many corrections of a CSV or NDJSON file. All are looked at before the first is made; where one is
 * refused none is, unless told to leave those out. The same file again corrects nothing twice.
 */
import type { Correction } from '../../../src/contracts/corrections.ts';
import { correctUsage } from '../../../src/contracts/routes/corrections.ts';
import { err } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type FiledCorrection, readCorrections } from '../../corrections-file.ts';
import { counted } from '../../format/amounts.ts';
import { changeWords, invoiceWords, moved } from '../../format/correction.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, YesOption {
  preview?: boolean;
  skip?: boolean;
}

/** What became of a line: looked at or made, or refused. */
interface Outcome {
  line: number;
  customer_id: string;
  correction: Correction | null;
  code: string | null;
  message: string | null;
}

const columns: readonly Column[] = [
  { title: 'line', align: 'right' },
  { title: 'customer' },
  { title: 'window until' },
  { title: 'change' },
  { title: 'moves', align: 'right' },
  { title: 'on' },
];

const rowOf = ({ line, customer_id, correction, code, message }: Outcome): string[] =>
  correction === null
    ? [String(line), customer_id, '-', `refused: ${code}: ${message}`, '-', '-']
    : [
        String(line),
        customer_id,
        correction.window_end.slice(0, 16).replace('T', ' '),
        `${correction.kind}: ${changeWords(correction.before, correction.after)}`,
        moved(correction.delta_cents),
        invoiceWords(correction.invoice),
      ];

const isMade = ({ correction }: Outcome): boolean => correction !== null;
const sumOf = (outcomes: readonly Outcome[]): number =>
  outcomes.reduce((cents, { correction }) => cents + (correction?.delta_cents ?? 0), 0);

/** Only what the API says of this one is an outcome; what would meet every other too ends the command. */
async function tryOne(api: Api, item: FiledCorrection, isPreview: boolean) {
  const call = { params: { customerId: item.customerId }, body: item.body };
  const answer = await api.call(
    correctUsage,
    isPreview ? { ...call, preview: true } : call,
    isPreview ? {} : { key: item.key },
  );
  const base = { line: item.line, customer_id: item.customerId };
  if (answer.ok)
    return { ok: true as const, value: { ...base, correction: answer.value.correction, code: null, message: null } };
  const { error } = answer;
  if (error.kind !== 'refused' || ![404, 409, 422].includes(error.status)) return answer;
  return { ok: true as const, value: { ...base, correction: null, code: error.code, message: error.message } };
}

async function file(world: World, api: Api, path: string, options: Options): Done {
  const isPreview = options.preview === true;
  if (!isPreview) {
    const can = canConfirm(world, options);
    if (!can.ok) return can;
  }
  const read = await readCorrections(path);
  if (!read.ok) return read;
  const seen: Outcome[] = [];
  for (const item of read.value) {
    const looked = await tryOne(api, item, true);
    if (!looked.ok) return looked;
    seen.push(looked.value);
  }
  const good = seen.filter(isMade);
  const refused = seen.length - good.length;
  const total = `${counted(good.length, 'correction')}, each by itself ${moved(sumOf(good))} in all; ${refused} refused`;
  if (isPreview) {
    print(world, options, { items: seen }, [...tableOf(columns, seen.map(rowOf)), total, 'nothing was changed']);
    return done;
  }
  for (const line of [...tableOf(columns, seen.map(rowOf)), total]) world.note(line);
  if (refused > 0 && !options.skip) {
    return err({ kind: 'failed', message: 'nothing was changed: mend the file, or add --skip to leave those out' });
  }
  const may = await confirm(world, options, `${counted(good.length, 'window')} will be corrected.`);
  if (!may.ok) return may;
  const lines = new Set(good.map(({ line }) => line));
  const made: Outcome[] = [];
  for (const item of read.value.filter(({ line }) => lines.has(line))) {
    const one = await tryOne(api, item, false);
    if (!one.ok) return one;
    made.push(one.value);
    world.note(`${made.length} of ${lines.size}: line ${item.line}`);
  }
  const failed = made.filter((outcome) => !isMade(outcome)).length;
  print(world, options, { items: made }, [
    ...tableOf(columns, made.map(rowOf)),
    `${counted(made.length - failed, 'correction')} made, ${moved(sumOf(made))} in all`,
  ]);
  return failed === 0 ? done : err({ kind: 'failed', message: `${counted(failed, 'correction')} refused meanwhile` });
}

export const correctionsFileCommand: Define = ({ program, world, withApi }) => {
  program
    .command('file')
    .description('the corrections of a CSV or NDJSON file; shows all and asks first')
    .argument('<file>', 'customer_id, kind, instance_id, window_start, window_end, reason, and quantities')
    .option('--preview', 'only show what each would move')
    .option('--skip', 'leave out those that are refused, and make the others')
    .option(...yesOption)
    .option(...jsonOption)
    .action(withApi((api, path: string, options: Options) => file(world, api, path, options)));
};
