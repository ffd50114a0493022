/** What carries out a deployment job: an executor of a real cluster, or of the simulated one. */
import type { DriftEntry, LeasedJob, LogLevel } from '../src/contracts/jobs.ts';
import type { Result } from '../src/lib/result.ts';
import type { Deadlines } from './deadline.ts';
import type { Stop } from './failure.ts';

export type JobContext = {
  job: LeasedJob;
  /** When the lease was asked for, on our clock. */
  claimedAt: number;
  deadlines: Deadlines;
  /** Raised when the lease is lost: stop at once. */
  signal: AbortSignal;
  /** Tells people how far it is. Best effort, never waits. */
  progress: (percent: number, message: string) => void;
  /** Adds a line to the job's log, which people read in the queue console. Best effort, never waits, holds no secret. */
  say: (level: LogLevel, line: string) => void;
  /** Registers the hash of a reporter's key with the API; tried until the work's deadline. */
  registerReporter: (reporterId: string, apiKey: string) => Promise<Result<Registered, Stop>>;
};

/** `revoked`: a person has revoked this very key, so that another one must be made. */
export type Registered = 'registered' | 'revoked';

/**
 * What a job that was done leaves to say: the differences that it found, or could not put right, at most `driftMax`; and
 * the uid of the volume claim that holds the running database's data.
 */
export type Done = { drift?: DriftEntry[]; claimUid?: string };

export type Executor = {
  /**
   * Brings the deployment to the job's phase and generation, or with `action: 'drift'` compares and changes nothing. Called
   * again for the same job, it ends in the same state.
   */
  run(context: JobContext): Promise<Result<Done | undefined, Stop>>;
  /** Whether work may be claimed now; a reason when not. Cheap: asked before every claim. */
  ready(): Promise<Result<void, string>>;
};
