/**
 * PostgreSQL's own programs on this machine, run as the chart's container runs them: the rendered script, not root, in a folder
 * that stands for the volume. Owns processes and folders; what should come out of them is the test's.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const programs = ['initdb', 'pg_ctl', 'postgres', 'psql'];
/** PostgreSQL refuses to run as root; this is the user that no file belongs to. */
const nobody = 65_534;
const asNobody = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** The folder that has all of PostgreSQL's programs: one of PATH, else where Debian puts them. */
async function findFolder(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  return folders.find((folder) => programs.every((program) => existsSync(join(folder, program))));
}
const folder = await findFolder();
/** For `describeWithout`. */
export const missingPrograms = folder === undefined ? ['PostgreSQL'] : [];

export type Run = { code: number; output: string };

/** A volume of its own, with what the chart mounts beside it. */
export interface Volume {
  path: string;
  data: string;
  /** Runs the script. `env` is laid over what the container has. */
  initialise(env?: Record<string, string>): Promise<Run>;
  /** Starts the script and kills it, with everything that it started, once `half` is there. */
  initialiseHalf(half: string): Promise<void>;
  /** Runs another script over the same data, with these variables. */
  run(script: string, env: Record<string, string>): Promise<Run>;
  /** The folder of PostgreSQL's programs. */
  programs: string;
  setPassword(password: string): Promise<void>;
  /** A running server: `query` connects over TCP, as the API does, and answers psql's words. A port of its own, or the given one. */
  serve(port?: number): Promise<{
    port: number;
    query(user: string, password: string, database: string, sql: string): Promise<Run>;
    stop(): Promise<void>;
  }>;
  remove(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function answer(command: string, args: string[], env: Record<string, string>): Promise<Run> {
  const path = `${folder}${delimiter}${process.env['PATH']}`;
  try {
    const { stdout, stderr } = await run(command, args, {
      ...asNobody,
      cwd: '/',
      env: { LANG: 'C.UTF-8', ...env, PATH: path },
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { code: failed.code ?? 1, output: `${failed.stdout}${failed.stderr}` };
  }
}

/** Makes a volume. `script` and `environment` are what the chart renders for the container that initialises it. */
export async function makeVolume(script: string, environment: Record<string, string>): Promise<Volume> {
  const path = await mkdtemp(join(tmpdir(), 'tenantry-postgres-'));
  const own = async (file: string) => (asNobody.uid === undefined ? undefined : chown(file, nobody, nobody));
  const [scriptFile, passwordFile] = [join(path, 'initialise.sh'), join(path, 'password')];
  const [data, sockets] = [join(path, 'pgdata'), join(path, 'run')];
  await own(path);
  await mkdir(sockets);
  await own(sockets);
  await writeFile(scriptFile, script);
  const env = { ...environment, PGDATA: data, DATABASE_PASSWORD_FILE: passwordFile };
  return {
    path,
    data,
    initialise: (over = {}) => answer('sh', [scriptFile], { ...env, ...over }),
    async initialiseHalf(half) {
      const path = `${folder}${delimiter}${process.env['PATH']}`;
      const child = spawn('sh', [scriptFile], {
        ...asNobody,
        cwd: '/',
        env: { ...env, PATH: path },
        detached: true,
        stdio: 'ignore',
      });
      const ended = new Promise((exited) => child.on('exit', exited));
      while (!existsSync(half) && child.exitCode === null) await new Promise((later) => setTimeout(later, 2));
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
    run: (file, over) => answer('sh', [file], { ...env, ...over }),
    programs: folder ?? '',
    setPassword: (password) => writeFile(passwordFile, password),
    async serve(given) {
      const port = given ?? (await freePort());
      const options = `-p ${port} -k ${sockets} -c listen_addresses=127.0.0.1`;
      const started = await answer('pg_ctl', ['-D', data, '-w', '-l', join(path, 'log'), '-o', options, 'start'], {});
      if (started.code !== 0) throw new Error(started.output);
      return {
        port,
        query: (user, password, database, sql) =>
          answer(
            'psql',
            [
              '--no-psqlrc',
              '--no-password',
              '-At',
              '-h',
              '127.0.0.1',
              '-p',
              `${port}`,
              '-U',
              user,
              '-d',
              database,
              '-c',
              sql,
            ],
            { PGPASSWORD: password, PGCONNECT_TIMEOUT: '10' },
          ),
        async stop() {
          await answer('pg_ctl', ['-D', data, '-w', '-m', 'fast', 'stop'], {});
        },
      };
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
