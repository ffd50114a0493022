/** `corrections preview` and `corrections add`: one correction, looked at, or made after a look and a question. */
import type { Command } from 'commander';
import type { z } from 'zod';
import { correctionBody, correctionKind } from '../../../src/contracts/corrections.ts';
import { correctUsage } from '../../../src/contracts/routes/corrections.ts';
import { type Quantities, quantityBounds, quantityFields } from '../../../src/contracts/usage.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done, instantBy, invalid } from '../../command.ts';
import { canConfirm, confirm, type YesOption, yesOption } from '../../confirm.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { correctionLines, invoiceWords, moved, withQuantity } from '../../format/correction.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { whenHelp } from '../../when.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, CustomerOption {
  kind: z.output<typeof correctionKind>;
  instance: string;
  namespace?: string;
  from: string;
  to: string;
  set?: Quantities;
  reason: string;
}

/** `cpu_hours=12.5`. */
function toQuantity(text: string, before: Quantities = {}): Quantities {
  const [name, value = ''] = text.split('=');
  const field = quantityFields.find((known) => known === name);
  if (field === undefined) throw invalid('must be a quantity of reports and its value, e.g. cpu_hours=12.5');
  const number = value.trim() === '' ? Number.NaN : Number(value);
  const bound = quantityBounds[field];
  if (!(number >= 0 && number <= bound)) throw invalid(`${field} must be a number from 0 to ${bound}`);
  return withQuantity(before, field, number);
}

const fields = correctionBody.shape;

const takesCorrection = (command: Command, world: World): Command =>
  takesCustomer(command)
    .requiredOption('--kind <kind>', 'replace or void a window that stands, or add an hour', by(correctionKind))
    .requiredOption('--instance <id>', 'the instance that reports it', by(fields.instance_id))
    .option('--namespace <name>', 'the customer’s own unless given', by(fields.namespace.unwrap()))
    .requiredOption('--from <instant>', `begin of the window: ${whenHelp}`, instantBy(world, 'ago'))
    .requiredOption('--to <instant>', 'its end', instantBy(world, 'ago'))
    .option('--set <quantity=value>', 'what it is to hold, all of it; may be repeated', toQuantity)
    .requiredOption('--reason <text>', 'kept with it and in the audit log', by(fields.reason))
    .option(...jsonOption);

const callOf = (customerId: string, { kind, instance, namespace, from, to, set, reason }: Options) => ({
  params: { customerId },
  body: {
    kind,
    instance_id: instance,
    ...(namespace === undefined ? {} : { namespace }),
    window_start: from,
    window_end: to,
    ...(set === undefined ? {} : { quantities: set }),
    reason,
  },
});

async function preview(world: World, api: Api, id: string, options: Options): Done {
  const seen = await api.call(correctUsage, { ...callOf(id, options), preview: true });
  if (!seen.ok) return seen;
  print(world, options, seen.value, [...correctionLines(seen.value.correction), 'nothing was changed']);
  return done;
}

async function add(world: World, api: Api, id: string, options: Options & YesOption): Done {
  const can = canConfirm(world, options);
  if (!can.ok) return can;
  const call = callOf(id, options);
  const seen = await api.call(correctUsage, { ...call, preview: true });
  if (!seen.ok) return seen;
  for (const line of correctionLines(seen.value.correction)) world.note(line);
  const { delta_cents, invoice } = seen.value.correction;
  const may = await confirm(world, options, `This moves ${moved(delta_cents)} on ${invoiceWords(invoice)}.`);
  if (!may.ok) return may;
  const made = await api.call(correctUsage, call);
  if (!made.ok) return made;
  const { correction } = made.value;
  print(world, options, made.value, [
    `${correction.correction_id}: ${moved(correction.delta_cents)} on ${invoiceWords(correction.invoice)}`,
  ]);
  return done;
}

export const correctionsPreviewCommand: Define = ({ program, world, withApi }) => {
  takesCorrection(program.command('preview'), world)
    .description('what a correction would move; changes nothing')
    .action(withApi(onCustomer((api, id, options: Options) => preview(world, api, id, options))));
};

export const correctionsAddCommand: Define = ({ program, world, withApi }) => {
  takesCorrection(program.command('add'), world)
    .description('correct a window; shows what that moves and asks first')
    .option(...yesOption)
    .action(withApi(onCustomer((api, id, options: Options & YesOption) => add(world, api, id, options))));
};
