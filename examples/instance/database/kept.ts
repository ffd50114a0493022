/** What the licence guard keeps between runs, as a row: a pod that is replaced goes on with it, without a volume. */
import type { GuardStore } from '@tenantry/licence-guard';
import type { Database } from './database.ts';

const name = 'licence';

export const guardStore = ({ query }: Database): GuardStore => ({
  async read() {
    const [row] = await query<{ value: string }>('SELECT value FROM kept WHERE name = $1', [name]);
    return row?.value ?? null;
  },
  async write(value) {
    await query(
      'INSERT INTO kept (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      [name, value],
    );
  },
});
