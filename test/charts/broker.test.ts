/**
 * Who may do what at a customer's broker: the rendered scripts over a real PostgreSQL and Debian's mosquitto, with the plugin's statements
 * run by its stand-in (test/node/images/go-auth.sh). Passwords have every printable character.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { chmod, chown, mkdir, realpath, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1ConfigMap, V1StatefulSet } from '@kubernetes/client-node';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tiedToUs } from '../../dev/processes/lifetime.ts';
import { eventually } from '../harness/eventually.ts';
import { describeWithout, describeWithTools, toolPath } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { pick, render } from './helm.ts';
import { freePort, makeVolume, missingPrograms, type Volume } from './postgres.ts';

const plugin = resolve(import.meta.dirname, '../node/images/go-auth.sh');
const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
const nobody = 65_534;
/** initdb, three starts of PostgreSQL and one of the broker, on a loaded machine. */
const setUpMs = 180_000;
/** How long a message that must not arrive is waited for, after one that does. */
const quietMs = 300;

const hashOf = (password: string): string => {
  const salt = Buffer.from('0123456789ab');
  const hash = pbkdf2Sync(password, salt, 1000, 64, 'sha512');
  return `PBKDF2$sha512$1000$${salt.toString('base64')}$${hash.toString('base64')}`;
};

describeWithTools(['helm', 'mosquitto'], 'the broker of a customer', () => {
  describeWithout(missingPrograms, 'install postgresql', 'over its database', () => {
    let volume: Volume;
    let server: Awaited<ReturnType<Volume['serve']>>;
    let broker: ChildProcess;
    let port: number;
    const clients: MqttClient[] = [];

    const asApp = (sql: string) => server.query('instance', 'of the app', 'instance', sql);
    const client = async (username: string, password: string): Promise<MqttClient> => {
      const made = await connectAsync(`mqtt://127.0.0.1:${port}`, { username, password, reconnectPeriod: 0 });
      clients.push(made);
      return made;
    };

    /** The init containers' commands, as they are rendered. */
    async function makeDatabase(): Promise<void> {
      const objects = await render(exampleValues());
      const scripts = pick<V1ConfigMap>(objects, 'ConfigMap', 'postgres').data ?? {};
      const pod = pick<V1StatefulSet>(objects, 'StatefulSet', 'postgres').spec?.template.spec;
      const [initialise, prepare] = pod?.initContainers ?? [];
      const environment = Object.fromEntries(initialise?.env?.map(({ name, value = '' }) => [name, value]) ?? []);
      volume = await makeVolume(scripts['initialise.sh'] ?? '', environment);
      await volume.setPassword('of the app');
      expect(await volume.initialise()).toMatchObject({ code: 0 });
      const files = (prepare?.env ?? []).filter(({ name }) => name.endsWith('_PASSWORD_FILE'));
      expect(files.length).toBe(4);
      for (const { name } of files) await writeFile(join(volume.path, name), `${printable}\n`);
      for (const name of ['prepare.sh', 'prepare.sql']) await writeFile(join(volume.path, name), scripts[name] ?? '');
      const env = Object.fromEntries(files.map(({ name }) => [name, join(volume.path, name)]));
      // Twice: at the first start, and at every other.
      for (let start = 0; start < 2; start += 1)
        expect(await volume.run(join(volume.path, 'prepare.sh'), env)).toMatchObject({ code: 0 });
      await startBroker(pick<V1ConfigMap>(objects, 'ConfigMap', 'mosquitto').data ?? {});
    }

    /** The container's command, with the places and ports of this machine. */
    async function startBroker(files: Record<string, string>): Promise<void> {
      server = await volume.serve();
      expect(
        await asApp(
          `INSERT INTO mqtt.users (username, password_hash) VALUES ('dev_1', '${hashOf('one')}'), ('dev_2', '${hashOf('two')}'), ('gone', '${hashOf('three')}')`,
        ),
      ).toMatchObject({ code: 0 });
      expect(
        await asApp(
          "INSERT INTO mqtt.acls (username, topic, access) VALUES ('dev_1', 'devices/%u/#', 7), ('gone', '#', 7)",
        ),
      ).toMatchObject({ code: 0 });
      expect(await asApp("UPDATE mqtt.users SET enabled = false WHERE username = 'gone'")).toMatchObject({ code: 0 });
      port = await freePort();
      const folder = join(volume.path, 'broker');
      const [bin, tmp] = [join(folder, 'bin'), join(folder, 'tmp')];
      for (const path of [bin, tmp]) await mkdir(path, { recursive: true });
      const conf = (files['mosquitto.conf'] ?? '')
        .replace(/^listener 1883$/m, `listener ${port} 127.0.0.1`)
        .replace(/\nlistener 9001\nprotocol websockets\n/, '')
        .replace('/mosquitto/data/', `${tmp}/`)
        .replace(/^auth_opt_pg_host .*$/m, 'auth_opt_pg_host 127.0.0.1')
        .replace('auth_opt_pg_port 5432', `auth_opt_pg_port ${server.port}`);
      await writeFile(join(folder, 'mosquitto.conf'), conf);
      await writeFile(join(folder, 'start.sh'), (files['start.sh'] ?? '').replaceAll('/tmp/', `${tmp}/`));
      await writeFile(join(bin, 'mosquitto'), `#!/bin/sh\nexec sh ${plugin} "$@"\n`);
      await chmod(join(bin, 'mosquitto'), 0o755);
      const isRoot = process.getuid?.() === 0;
      if (isRoot) for (const path of [folder, bin, tmp]) await chown(path, nobody, nobody);
      const env = {
        PATH: `${bin}:${volume.programs}:${process.env['PATH']}`,
        DATABASE_PASSWORD_FILE: join(volume.path, 'BROKER_PASSWORD_FILE'),
        // Where it really is: nobody may not look into a folder of root's.
        MOSQUITTO: await realpath(toolPath('mosquitto')),
        FILES: tmp,
      };
      const [command, args] = tiedToUs('sh', [join(folder, 'start.sh')]);
      broker = spawn(command, args, { env, cwd: '/', stdio: 'inherit', ...(isRoot && { uid: nobody, gid: nobody }) });
      await eventually(() => client('api', printable).catch(() => null), Boolean);
    }

    beforeAll(makeDatabase, setUpMs);
    afterAll(async () => {
      for (const one of clients) one.end(true);
      broker?.kill();
      await server?.stop();
      await volume?.remove();
    });

    it('is made of roles that can do what they are for and nothing else', async () => {
      const asBroker = (sql: string) => server.query('mosquitto', printable, 'instance', sql);
      expect(await asBroker('SELECT count(*) FROM mqtt.users')).toEqual({ code: 0, output: '5\n' });
      for (const sql of [
        "INSERT INTO mqtt.acls VALUES ('dev_2', '#', 7)",
        'CREATE TABLE mine (id int)',
        'SELECT * FROM pg_authid',
      ])
        expect([sql, (await asBroker(sql)).code]).toEqual([sql, 1]);
      const asExporter = await server.query(
        'postgres_exporter',
        printable,
        'instance',
        'SELECT pg_database_size(current_database()) > 0',
      );
      expect(asExporter).toEqual({ code: 0, output: 't\n' });
      expect((await server.query('postgres_exporter', printable, 'instance', 'SELECT * FROM mqtt.users')).code).toBe(1);
      const roles = await asApp(
        "SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles WHERE rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication",
      );
      expect(roles).toEqual({ code: 0, output: 'postgres\n' });
    });

    it('gives the application its tables, and no way to have its own code run as the superuser', async () => {
      for (const sql of [
        'ALTER TABLE mqtt.users OWNER TO instance',
        'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TRIGGER t BEFORE INSERT ON mqtt.users FOR EACH ROW EXECUTE FUNCTION f()',
        'DROP SCHEMA mqtt CASCADE',
        `INSERT INTO mqtt.users (username, password_hash) VALUES ('a/b', '${hashOf('x')}')`,
        "INSERT INTO mqtt.users (username, password_hash) VALUES ('plain', 'secret')",
        "INSERT INTO mqtt.acls (username, topic, access) VALUES ('dev_2', 'devices/%c/#', 7)",
      ])
        expect([sql, (await asApp(sql)).code]).toEqual([sql, 1]);
    });

    it('lets in who has a row and a password, and nobody else', async () => {
      const refused = async (username: string, password: string) =>
        await client(username, password).then(
          () => 'in',
          (error: Error) => error.message,
        );
      for (const [username, password] of [
        ['nobody', 'x'],
        ['api', 'wrong'],
        ['gone', 'three'],
        ['', ''],
      ] as const)
        expect([username, await refused(username, password)]).toEqual([
          username,
          expect.stringMatching(/not authorized/i),
        ]);
      expect(await refused('exporter', printable)).toBe('in');
    });

    it('carries a message where the rights say so, and not where they do not', async () => {
      const api = await client('api', printable);
      const one = await client('dev_1', 'one');
      const two = await client('dev_2', 'two');
      const exporter = await client('exporter', printable);
      const heard: string[] = [];
      const listen = async (name: string, who: MqttClient, topic: string) => {
        who.on('message', (at, payload) => heard.push(`${name} ${at} ${payload}`));
        await who.subscribeAsync(topic, { qos: 1 }).catch(() => undefined);
      };
      await listen('api', api, 'devices/+/messages');
      await listen('one', one, 'devices/dev_1/commands');
      await listen('two', two, 'devices/#');
      await listen('exporter', exporter, 'devices/#');
      await two.publishAsync('devices/dev_1/messages', 'forged', { qos: 1 }).catch(() => undefined);
      await one.publishAsync('devices/dev_2/messages', 'forged too', { qos: 1 }).catch(() => undefined);
      await one.publishAsync('devices/dev_1/messages', 'measured', { qos: 1 });
      await api.publishAsync('devices/dev_1/commands', 'restart', { qos: 1 });
      await eventually(
        () => Promise.resolve(heard.length),
        (length) => length >= 2,
      );
      await sleep(quietMs);
      expect(heard.sort()).toEqual(['api devices/dev_1/messages measured', 'one devices/dev_1/commands restart']);
    });

    it('shows its state to the exporter, and to no other', async () => {
      const [exporter, api] = [await client('exporter', printable), await client('api', printable)];
      const heard: string[] = [];
      for (const [name, who] of [
        ['exporter', exporter],
        ['api', api],
      ] as const) {
        who.on('message', (topic) => heard.push(`${name} ${topic}`));
        await who.subscribeAsync('$SYS/broker/version').catch(() => undefined);
      }
      await eventually(
        () => Promise.resolve(heard.length),
        (length) => length >= 1,
      );
      await sleep(quietMs);
      expect(heard).toEqual(['exporter $SYS/broker/version']);
    });
  });
});
