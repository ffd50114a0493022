/**
 * Starts Helm and hands back how it ended. Always an argv array, never a shell; always under `timeout -s KILL`, in a
 * process group of its own: the timer is outside this process, so a helm has ended before its lease even when we were
 * killed (contract, "Provisioner"). Owns the process and its environment; the commands are in release.ts.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Monotonic, monotonic } from './clock.ts';
import { killAfterSeconds } from './deadline.ts';
import { requestLog } from './helm-requests.ts';

export type HelmRun =
  | { kind: 'exited'; code: number; stdout: string; stderr: string }
  /** The kill timer struck. */
  | { kind: 'timed_out'; stderr?: string }
  /** Something else killed it, e.g. the kernel for want of memory. */
  | { kind: 'killed'; signal: string }
  /** Our own signal was raised: the lease is lost. */
  | { kind: 'aborted' }
  /** We have ended it, because waiting mends nothing. */
  | { kind: 'given_up' }
  /** Too little time was left: it was not started. */
  | { kind: 'no_time' }
  | { kind: 'missing'; message: string };

export type HelmOptions = {
  bin: string;
  env: Record<string, string>;
  now?: Monotonic;
};
export type RunLimits = {
  workUntil: number;
  minMs: number;
  signal: AbortSignal;
  /** Raised where waiting mends nothing. */
  giveUp?: AbortSignal;
};
/** `input` is what it reads from stdin (`--values -`); without it there is nothing to read. */
export type Helm = (args: (killSeconds: number) => string[], limits: RunLimits, input?: string) => Promise<HelmRun>;

/** What is kept of helm's output: the end, where its errors are. A manifest can be a few MB; a release is at most 1 MB packed. */
const outputBytesMax = 8 * 1024 * 1024;
/** How long a killed helm's pipes may stay open before we stop listening. */
const pipeGraceMs = 1_000;
/** The timer's whole seconds and our clock differ by less than this. */
const timerSlackMs = 1_500;
/** Exit codes of `timeout` itself. */
const cannotRun = new Set([126, 127]);

/**
 * The environment of helm: ours, for proxies, certificates and cloud credentials of a kubeconfig, without our own secrets
 * and without HELM_* that would change what it does; its folders under `folder`, which nobody else uses.
 */
export function helmEnv(
  env: Record<string, string | undefined>,
  kubeconfig: string | undefined,
  folder: string,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^HELM_|^(PROVISIONER_TOKEN|QUEUE_API_TOKEN|KUBECONFIG)$/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    HELM_CACHE_HOME: `${folder}/cache`,
    HELM_CONFIG_HOME: `${folder}/config`,
    HELM_DATA_HOME: `${folder}/data`,
    KUBECACHEDIR: `${folder}/kube`,
  };
}

/** A `Helm` that runs `bin`. `args` are made from the seconds of the kill timer, for commands with a time-out of their own. */
export function helmOf({ bin, env, now = monotonic }: HelmOptions): Helm {
  return async (args, limits, input) => {
    if (limits.signal.aborted) return { kind: 'aborted' };
    const seconds = killAfterSeconds(now(), limits.workUntil, limits.minMs);
    if (seconds === null) return { kind: 'no_time' };
    const killAt = now() + seconds * 1000;
    const [verb = '', ...rest] = args(seconds);
    const child = spawn('timeout', ['-s', 'KILL', String(seconds), bin, verb, ...requestLog, ...rest], {
      detached: true,
      stdio: 'pipe',
      env,
    });
    feed(child, input);
    const kill = () => killGroup(child);
    const ends = AbortSignal.any([limits.signal, ...(limits.giveUp ? [limits.giveUp] : [])]);
    ends.addEventListener('abort', kill, { once: true });
    const ended = await endOf(child);
    ends.removeEventListener('abort', kill);
    if (ended.kind === 'error') return { kind: 'missing', message: `timeout cannot be run: ${ended.message}` };
    return limits.signal.aborted ? { kind: 'aborted' } : runOf(ended, bin, limits, now() >= killAt - timerSlackMs);
  };
}

/** How a helm ended that our own signal did not end. @param byTimer whether the kill timer's time had come */
function runOf(
  { code, signal, stdout, stderr }: Extract<Ended, { kind: 'ended' }>,
  bin: string,
  { giveUp }: RunLimits,
  byTimer: boolean,
): HelmRun {
  // `timeout -s KILL` dies of its own signal, or says 137 when it outlived it.
  if (signal !== null || code === 137) {
    if (giveUp?.aborted) return { kind: 'given_up' };
    return byTimer ? { kind: 'timed_out', stderr } : { kind: 'killed', signal: signal ?? 'SIGKILL' };
  }
  if (code !== null && cannotRun.has(code) && stderr.includes('timeout:')) {
    return { kind: 'missing', message: `${bin} cannot be run: ${stderr.trim()}` };
  }
  return { kind: 'exited', code: code ?? 1, stdout, stderr };
}

type Ended =
  | { kind: 'ended'; code: number | null; signal: string | null; stdout: string; stderr: string }
  | { kind: 'error'; message: string };

function endOf(child: ChildProcess): Promise<Ended> {
  const out = tail(child, 'stdout');
  const errors = tail(child, 'stderr');
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ kind: 'error', message: error.message }));
    const done = (code: number | null, signal: string | null) =>
      resolve({ kind: 'ended', code, signal, stdout: out(), stderr: errors() });
    child.once('close', done);
    // A grandchild that holds the pipe must not hold us.
    child.once('exit', (code, signal) => setTimeout(() => done(code, signal), pipeGraceMs).unref());
  });
}

/** Helm ends without reading where something else was wrong, and says what; the broken pipe is no news. */
function feed(child: ChildProcess, input: string | undefined): void {
  child.stdin?.on('error', () => {}).end(input);
}

/** Collects the last `outputBytesMax` bytes of a stream. */
function tail(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let kept = Buffer.alloc(0);
  child[name]?.on('data', (chunk: Buffer) => {
    const all = Buffer.concat([kept, chunk]);
    kept = all.length > outputBytesMax ? all.subarray(all.length - outputBytesMax) : all;
  });
  return () => kept.toString('utf8');
}

/** `timeout` leads the group that helm and its children are in. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it had ended
  }
}
