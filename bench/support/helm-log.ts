/**
 * A helm that writes down when each of its runs starts and when it has really ended, whoever killed it, and whether two
 * ever worked in one namespace at once. The kernel is the witness: a run holds two file locks that go with its process.
 */
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolPath } from '../../test/harness/tools.ts';

export type HelmRun = {
  namespace: string;
  verb: string;
  pid: number;
  /** Unix time in ms, with fractions. */
  startedMs: number;
  /** Null while it runs. */
  endedMs: number | null;
};

export type HelmLog = {
  /** What HELM_BIN is set to. */
  bin: string;
  runs: () => HelmRun[];
  /** Runs that found another one alive in their namespace: must stay empty. */
  overlaps: () => string[];
};

const NS_PER_MS = 1e6;

/**
 * The lock of the process is what its end is read from: a process apart waits for it, so that no kill is missed. The lock
 * of the namespace is what tells an overlap: comparing written times would take the writing's own delay for one.
 */
const script = (folder: string, helm: string): string => `#!/usr/bin/env bash
LC_ALL=C
verb=$1; ns=none; prev=
for arg in "$@"; do [ "$prev" = --namespace ] && ns=$arg; prev=$arg; done
exec 8> "${folder}/pid-$$"; flock 8
exec 9>> "${folder}/ns-$ns"
[ "$ns" = none ] || flock -n 9 || echo "overlap $ns $verb $$ \${EPOCHREALTIME/./}000" >> "${folder}/log"
setsid bash -c 'LC_ALL=C; flock "$1" true; echo "end $2 $3 $4 \${EPOCHREALTIME/./}000" >> "${folder}/log"; rm -f "$1"' \\
  _ "${folder}/pid-$$" "$ns" "$verb" "$$" 8>&- 9>&- < /dev/null > /dev/null 2>&1 &
echo "start $ns $verb $$ \${EPOCHREALTIME/./}000" >> "${folder}/log"
exec "${helm}" "$@"
`;

function read(folder: string): HelmRun[] {
  const runs: HelmRun[] = [];
  for (const line of readFileSync(join(folder, 'log'), 'utf8').split('\n')) {
    const [event, namespace = '', verb = '', pidText, nsText] = line.split(' ');
    const pid = Number(pidText);
    const atMs = Number(nsText) / NS_PER_MS;
    if (event === 'start') runs.push({ namespace, verb, pid, startedMs: atMs, endedMs: null });
    if (event === 'end') {
      const run = runs.findLast((candidate) => candidate.pid === pid && candidate.endedMs === null);
      if (run) run.endedMs = atMs;
    }
  }
  return runs;
}

/** Writes the wrapper into a folder of its own under `parent`. `helm` defaults to the tests' one. */
export function logHelm(parent: string, helm = toolPath('helm')): HelmLog {
  const folder = join(parent, 'helm-log');
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, 'log'), '');
  const bin = join(folder, 'helm');
  writeFileSync(bin, script(folder, helm));
  chmodSync(bin, 0o755);
  return {
    bin,
    runs: () => read(folder),
    overlaps: () =>
      readFileSync(join(folder, 'log'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('overlap ')),
  };
}
