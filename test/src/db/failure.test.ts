/** What an error means is decided by where it was thrown. */
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../src/db/client.ts';
import { asDatabaseError, ConstraintFailed, DatabaseUnavailable, GuardFailed } from '../../../src/db/failure.ts';
import { guard } from '../../../src/db/guards.ts';
import { write } from '../../../src/db/write.ts';

const control = (env as unknown as { CONTROL: D1Database }).CONTROL;
const lost = () => Promise.reject(new Error('D1_ERROR: Network connection lost.'));
const thrown = async (run: () => Promise<unknown>): Promise<unknown> => {
  try {
    await run();
  } catch (error) {
    return asDatabaseError(error);
  }
  throw new Error('nothing was thrown');
};

describe('an error that comes out of a call to D1', () => {
  const statement = {
    bind: () => statement,
    all: lost,
    run: lost,
    raw: lost,
    first: lost,
  } as unknown as D1PreparedStatement;
  const down = openDb({ prepare: () => statement, batch: lost } as unknown as D1Database);

  it('with its words for "not now" is an outage, however it was asked', async () => {
    const calls: (() => Promise<unknown>)[] = [
      () => down.run(sql`SELECT 1`),
      () => down.all(sql`SELECT 1`),
      () => commit(down, [write(sql`SELECT 1`)]),
      () => down.batch([down.select({ one: sql`1` }).from(sql`guards`)]),
    ];
    for (const call of calls) expect(await thrown(call)).toBeInstanceOf(DatabaseUnavailable);
    const refusing = openDb({
      prepare: () => {
        throw new Error('D1_ERROR: Network connection lost.');
      },
    } as unknown as D1Database);
    expect(await thrown(() => refusing.run(sql`SELECT 1`))).toBeInstanceOf(DatabaseUnavailable);
  });

  it('from a real database is a guard, a constraint or a broken statement', async () => {
    const db = openDb(control);
    expect(await thrown(() => commit(db, [guard('draining', sql`1 = 0`)]))).toBeInstanceOf(GuardFailed);
    const twice = write(sql`INSERT INTO organisations (id, slug, name, created_at) VALUES ('o', 'o', 'o', 0)`);
    expect(await thrown(() => commit(db, [twice, twice]))).toBeInstanceOf(ConstraintFailed);
    const broken = await thrown(() => db.run(sql`SELECT nothing FROM nowhere`));
    expect(broken).not.toBeInstanceOf(DatabaseUnavailable);
    expect(broken).not.toBeInstanceOf(ConstraintFailed);
  });
});

describe('an error of anything else', () => {
  it.each([
    'D1_ERROR: Network connection lost.',
    'Network connection lost.',
    'UNIQUE constraint failed: customers.email',
    'guard:draining',
  ])('is what it is, though it says %s', (words) => {
    const error = new Error('outside', { cause: new Error(words) });
    expect(asDatabaseError(error)).toBe(error);
  });
});
