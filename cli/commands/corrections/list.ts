/** `corrections list`: what was corrected, newest first, of one customer or of all. */
import { listAllCorrections } from '../../../src/contracts/routes/corrections.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import { type CustomerOption, onAnyCustomer, takesCustomer } from '../../find-customer.ts';
import { correctionTable } from '../../format/correction.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { type PageOptions, pageLines, takesPage } from '../../pages.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption, PageOptions, CustomerOption {}

async function list(world: World, api: Api, id: string | undefined, options: Options): Done {
  const { page, limit } = options;
  const whose = id === undefined ? {} : { customer_id: id };
  const read = await api.call(listAllCorrections, { query: { page, limit, ...whose } });
  if (!read.ok) return read;
  const table = correctionTable(read.value.items);
  print(world, options, read.value, pageLines(options, read.value.total, 'corrections', table));
  return done;
}

export const correctionsListCommand: Define = ({ program, world, withApi }) => {
  takesPage(takesCustomer(program.command('list', { isDefault: true })), 'corrections')
    .description('what was corrected, newest first')
    .option(...jsonOption)
    .action(withApi(onAnyCustomer((api, id, options: Options) => list(world, api, id, options))));
};
