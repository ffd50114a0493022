/** `drift list`: what differs, newest first. */
import { type DriftView, driftKind } from '../../../src/contracts/drift.ts';
import { listDrift } from '../../../src/contracts/routes/drift.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done } from '../../command.ts';
import { minuteOf } from '../../format/amounts.ts';
import { type Column, tableOf } from '../../format/table.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions {
  closed?: true;
  kind?: DriftView['kind'];
}

const columns: readonly Column[] = [
  { title: 'drift' },
  { title: 'kind' },
  { title: 'object' },
  { title: 'customer' },
  { title: 'ours' },
  { title: 'Stripe' },
  { title: 'since' },
  { title: 'fix' },
];

const rowOf = (one: DriftView): string[] => [
  one.drift_id,
  one.kind,
  one.object_id,
  one.customer_id ?? '-',
  one.expected,
  one.found,
  minuteOf(one.since),
  one.fix ?? '-',
];

async function list(world: World, api: Api, options: Options): Done {
  const { page, limit, closed, kind } = options;
  const query = { page, limit, open: closed ? ('false' as const) : ('true' as const), ...(kind ? { kind } : {}) };
  const read = await api.call(listDrift, { query });
  if (!read.ok) return read;
  const { items, total, last_run: last } = read.value;
  const compared =
    last === null
      ? 'nothing has been compared yet: tenantry drift run'
      : `compared ${last.compared} things, ${minuteOf(last.finished_at)}`;
  const table = tableOf(columns, items.map(rowOf));
  print(world, options, read.value, [...pageLines(options, total, 'differences', table), compared]);
  return done;
}

export const driftListCommand: Define = ({ program, world, withApi }) => {
  takesPage(program.command('list', { isDefault: true }), 'differences')
    .description('what differs, newest first')
    .option('--closed', 'those that were mended, let be, or are gone')
    .option('--kind <kind>', 'only this kind', by(driftKind))
    .option(...jsonOption)
    .action(withApi((api, options: Options) => list(world, api, options)));
};
