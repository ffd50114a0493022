/** A real broker on a port of its own, whose clients need no name unless told otherwise. Owns the process and its folder. */
import { spawn } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tiedToUs } from '../../dev/processes/lifetime.ts';
import { eventually } from './eventually.ts';
import { toolPath } from './tools.ts';

export interface Mosquitto {
  url: string;
  port: number;
  stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });

interface Options {
  /** The port of one that ran before; any without it. */
  port?: number;
  /** The only user and password that are let in; anybody without them. */
  user?: { name: string; password: string };
  /** More lines of mosquitto.conf. */
  settings?: string[];
}

/** A password as mosquitto_passwd writes it: salted PBKDF2 of SHA-512, 101 rounds. */
function hashOf(password: string): string {
  const [salt, rounds, bytes] = [randomBytes(12), 101, 64];
  const hash = pbkdf2Sync(password, salt, rounds, bytes, 'sha512');
  return `$7$${rounds}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Starts Debian's mosquitto and waits until it can be connected to. */
export async function startMosquitto({ port: given, user, settings = [] }: Options = {}): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-mosquitto-'));
  const port = given ?? (await freePort());
  const lines = [`listener ${port} 127.0.0.1`, 'persistence false', 'log_dest none', ...settings];
  if (user) {
    writeFileSync(join(folder, 'users'), `${user.name}:${hashOf(user.password)}\n`);
    // As root it would give its rights up, and could read nothing here.
    lines.push('user root', 'allow_anonymous false', `password_file ${join(folder, 'users')}`);
  } else lines.push('allow_anonymous true');
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  const [command, args] = tiedToUs(toolPath('mosquitto'), ['-c', join(folder, 'mosquitto.conf')]);
  const child = spawn(command, args, { stdio: 'ignore' });
  await eventually(() => answers(port), Boolean);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    async stop() {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await ended;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
