/** Which reporters a job names. Pure. */
import type { LeasedJob } from '../src/contracts/jobs.ts';

/** A reporter, and the Secret of the namespace that has its key. */
export type Reporter = { id: string; secret: string };

/** The deployment's reporters, the exporter's first; an API that knows no other names that one alone. */
export const reportersOf = ({ reporters, reporter_id }: LeasedJob): readonly Reporter[] =>
  reporters ?? [{ id: reporter_id, secret: 'instance-reporter' }];
