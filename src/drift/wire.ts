/** Differences and the ledger's rules as the wire has them. */
import type { z } from 'zod';
import type { DriftView, driftList, InvariantView } from '../contracts/drift.ts';
import { iso } from '../lib/time.ts';
import { type Fix, fixWords } from './drift.ts';
import type { InvariantResult } from './invariant-store.ts';
import type { DriftRun, Finding } from './store.ts';

export const toDrift = (row: Finding): DriftView => ({
  drift_id: row.id,
  kind: row.kind,
  side: row.side,
  object_id: row.objectId,
  customer_id: row.customerId,
  expected: row.expected,
  found: row.found,
  since: iso(row.since),
  fix: row.fix === null ? null : fixWords[row.fix as Fix],
});

export const toLastRun = (run: DriftRun | null): z.input<typeof driftList>['last_run'] =>
  run === null || run.finishedAt === null
    ? null
    : { run_id: run.id, finished_at: iso(run.finishedAt), compared: run.compared, found: run.found };

export const toInvariant = ({ name, ok, rows, checkedAt }: InvariantResult): InvariantView => ({
  name,
  ok,
  rows,
  checked_at: iso(checkedAt),
});
