/** Folds the names of customers that are older than the search by folded names; SQLite itself can fold ASCII only. */
import * as customerStore from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { foldCase } from '../../lib/text.ts';
import type { Context } from '../deed.ts';

const perTick = 500;

/** One tick's share; nothing to do once all are folded. */
export async function foldNames({ db }: Pick<Context, 'db'>): Promise<void> {
  const rows = await customerStore.findUnfolded(db, perTick);
  await commit(
    db,
    rows.map(({ id, companyName }) => customerStore.setSearch(id, foldCase(companyName))),
  );
}
