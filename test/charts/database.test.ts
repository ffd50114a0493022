/** The database that a customer's first start makes, by the rendered script and a real PostgreSQL. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1ConfigMap, V1StatefulSet } from '@kubernetes/client-node';
import { afterEach, expect, it } from 'vitest';
import { describeWithout, describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { pick, render } from './helm.ts';
import { makeVolume, missingPrograms, type Volume } from './postgres.ts';

const password = `it's "$HOME" \\ %s;`;
/** initdb and a start; a loaded machine takes its time. */
const testMs = 120_000;

const rendered = async () => {
  const objects = await render(exampleValues());
  const { spec } = pick<V1StatefulSet>(objects, 'StatefulSet', 'postgres').spec?.template ?? {};
  const script = pick<V1ConfigMap>(objects, 'ConfigMap', 'postgres').data?.['initialise.sh'] ?? '';
  return { pod: spec, script };
};

describeWithTools(['helm'], "PostgreSQL's pod", () => {
  it('shows the password to the container that makes the database, as a file, and to no other', async () => {
    const { pod } = await rendered();
    const mounted = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].filter(({ volumeMounts }) =>
      volumeMounts?.some(({ name }) => name === 'password'),
    );
    expect(mounted.map(({ name }) => name)).toEqual(['initialise']);
    expect(JSON.stringify(pod)).not.toMatch(/secretKeyRef|POSTGRES_/);
  });
});

describeWithTools(['helm'], 'a database', () => {
  describeWithout(missingPrograms, 'install postgresql', 'of a new customer', () => {
    let volume: Volume | undefined;
    afterEach(() => volume?.remove());

    const newVolume = async (): Promise<Volume> => {
      const { pod, script } = await rendered();
      const env = pod?.initContainers?.[0]?.env?.map(({ name, value = '' }) => [name, value]) ?? [];
      volume = await makeVolume(script, Object.fromEntries(env));
      await volume.setPassword(`${password}\n`);
      return volume;
    };

    it(
      'belongs to a user who is nothing beside that',
      async () => {
        const { initialise, serve } = await newVolume();
        expect(await initialise()).toMatchObject({ code: 0, output: expect.stringContaining('made the database') });
        const { query, stop } = await serve();
        const asApp = (sql: string, database = 'instance') => query('instance', password, database, sql);
        try {
          const roles =
            'SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user';
          expect(await asApp(roles)).toEqual({ code: 0, output: 'f|f|f|f|f\n' });
          expect(await asApp('CREATE TABLE things (id int); CREATE EXTENSION pgcrypto')).toMatchObject({ code: 0 });
          const owners = 'SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user';
          expect(await asApp(owners)).toEqual({ code: 0, output: 'instance\n' });
          for (const sql of ['CREATE DATABASE other', 'CREATE ROLE other', "COPY things TO PROGRAM 'id'", 'CHECKPOINT'])
            expect([sql, await asApp(sql)]).toEqual([sql, expect.objectContaining({ code: 1 })]);
          for (const database of ['postgres', 'template1'])
            expect((await asApp('SELECT 1', database)).output).toContain('permission denied for database');
        } finally {
          await stop();
        }
      },
      testMs,
    );

    it(
      'lets nobody in over the network without the password, and the superuser not at all',
      async () => {
        const { initialise, serve, setPassword } = await newVolume();
        await setPassword('first');
        await initialise();
        const { query, stop } = await serve();
        try {
          expect((await query('instance', 'second', 'instance', 'SELECT 1')).output).toContain(
            'password authentication failed',
          );
          for (const guess of ['first', 'postgres', ''])
            expect(await query('postgres', guess, 'postgres', 'SELECT 1')).not.toMatchObject({ code: 0 });
          expect(await query('instance', 'first', 'instance', 'SELECT 1')).toEqual({ code: 0, output: '1\n' });
        } finally {
          await stop();
        }
      },
      testMs,
    );

    it(
      'is made at the next start when the first one was killed half-way',
      async () => {
        const { data, initialise, initialiseHalf, serve } = await newVolume();
        await initialiseHalf(join(`${data}.new`, 'PG_VERSION'));
        expect(existsSync(data)).toBe(false);
        expect(existsSync(join(`${data}.new`, 'PG_VERSION'))).toBe(true);
        expect(await initialise()).toMatchObject({ code: 0 });
        const { query, stop } = await serve();
        const answer = await query('instance', password, 'instance', 'SELECT current_user');
        await stop();
        expect(answer).toEqual({ code: 0, output: 'instance\n' });
      },
      testMs,
    );

    it(
      'is never made anew over one that is there, whatever password there is now',
      async () => {
        const { initialise, serve, setPassword } = await newVolume();
        await initialise();
        const first = await serve();
        await first.query('instance', password, 'instance', 'CREATE TABLE kept AS SELECT 42 AS answer');
        await first.stop();
        await setPassword('');
        expect(await initialise()).toEqual({ code: 0, output: expect.stringContaining('nothing to do') });
        const { query, stop } = await serve();
        const answer = await query('instance', password, 'instance', 'SELECT answer FROM kept');
        await stop();
        expect(answer).toEqual({ code: 0, output: '42\n' });
      },
      testMs,
    );

    it(
      'is not made without a password, over something else, or in part; and the password is in no log',
      async () => {
        const { data, initialise, setPassword } = await newVolume();
        const taken = await initialise({ DATABASE_USER: 'postgres' });
        expect(taken).toMatchObject({ code: 1, output: expect.stringContaining('already exists') });
        expect(taken.output).not.toContain(password.replaceAll("'", "''"));
        expect(taken.output).not.toContain('PASSWORD');
        expect(existsSync(data)).toBe(false);
        await setPassword('');
        expect(await initialise()).toMatchObject({ code: 1, output: expect.stringContaining('is empty') });
        await mkdir(data);
        await writeFile(join(data, 'something'), '');
        await setPassword(password);
        expect(await initialise()).toMatchObject({ code: 1 });
        expect(existsSync(join(data, 'something'))).toBe(true);
      },
      testMs,
    );
  });
});
