/**
 * One process at a time has a folder: it listens on a socket in it, which ends with the process however that ends. A file
 * with a process's number would not do: in containers every process is number 1. Node only.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StoreBusy } from './store.ts';

/** The path of a socket has some 100 bytes. */
const pathBytesMax = 100;

/** @returns gives the folder back */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const path = socketOf(folder);
  const server = (await listen(path)) ?? (await takeOver(path, folder));
  // The lock alone keeps no process alive.
  server.unref();
  return () => new Promise((done) => void server.close(() => done()));
}

function socketOf(folder: string): string {
  const digest = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return `\\\\.\\pipe\\tenantry-usage-${digest}`;
  const inside = join(resolve(folder), 'lock');
  return Buffer.byteLength(inside) <= pathBytesMax ? inside : join(tmpdir(), `tenantry-usage-${digest}`);
}

/** Null when somebody listens there, or has. */
async function listen(path: string): Promise<Server | null> {
  const server = createServer((socket) => void socket.destroy());
  return await new Promise((done, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) => (cause.code === 'EADDRINUSE' ? done(null) : fail(cause)));
    server.listen(path, () => done(server));
  });
}

/** A socket that nobody answers at was left by a process that was killed. */
async function takeOver(path: string, folder: string): Promise<Server> {
  if (!(await isAnswered(path))) {
    await rm(path, { force: true });
    const server = await listen(path);
    if (server) return server;
  }
  throw new StoreBusy(`another process reports from ${folder}`);
}

const isAnswered = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path);
    const end = (answered: boolean) => {
      socket.destroy();
      done(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
