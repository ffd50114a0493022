/** The witness of the chaos figure: what it says about helm must be true, or "no overlaps" means nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HelmLog, logHelm } from '../../bench/support/helm-log.ts';

describe('the log of helm', () => {
  let folder: string;
  let helm: HelmLog;
  let started: ChildProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-helm-log-'));
    const fake = join(folder, 'fake-helm');
    // Runs until its standard input ends; exits with what it was told.
    writeFileSync(fake, '#!/bin/sh\nread -r code\nexit "$code"\n');
    chmodSync(fake, 0o755);
    helm = logHelm(folder, fake);
    started = [];
  });
  afterEach(async () => {
    for (const child of started) child.kill('SIGKILL');
    await vi.waitFor(() => expect(helm.runs().filter(({ endedMs }) => endedMs === null)).toEqual([]));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a run and waits until it is written down. */
  const start = async (namespace: string): Promise<ChildProcess> => {
    const child = spawn(helm.bin, ['upgrade', '--namespace', namespace, '--', 'release'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    started.push(child);
    await vi.waitFor(() => expect(helm.runs().map(({ pid }) => pid)).toContain(child.pid), { timeout: 120_000 });
    return child;
  };
  const ended = (child: ChildProcess) =>
    vi.waitFor(() => expect(helm.runs().find(({ pid }) => pid === child.pid)?.endedMs).not.toBeNull(), {
      timeout: 120_000,
    });

  it('has the end of a run that ends by itself and of one that is killed, and passes the exit code on', async () => {
    const polite = await start('a');
    const exit = once(polite, 'exit');
    polite.stdin?.end('3\n');
    expect((await exit)[0]).toBe(3);
    await ended(polite);
    const killed = await start('b');
    killed.kill('SIGKILL');
    await ended(killed);
    expect(helm.runs().map(({ namespace, verb }) => [namespace, verb])).toEqual([
      ['a', 'upgrade'],
      ['b', 'upgrade'],
    ]);
    expect(helm.runs().every(({ startedMs, endedMs }) => endedMs !== null && endedMs >= startedMs)).toBe(true);
  });

  it('tells two at once in one namespace, and nothing else, from one after the other', async () => {
    const first = await start('a');
    await start('b');
    expect(helm.overlaps()).toEqual([]);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await start('a');
    expect(helm.overlaps()).toEqual([]);
    const intruder = await start('a');
    expect(helm.overlaps().map((line) => line.split(' ').slice(0, 4))).toEqual([
      ['overlap', 'a', 'upgrade', String(intruder.pid)],
    ]);
  });
});
