/**
 * Publishes plans.yaml: its versions are stored for ever, and what is sold is what the file says. A file that changes what
 * a plan costs or includes needs a simulation of exactly that text, so that nobody is surprised by whom it hits.
 */
import type { Failure } from '../../contracts/failures.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import { findPublishedFile, publish } from '../../pricing/catalogue-store.ts';
import { publishOwnMeters } from '../../pricing/own-meter-store.ts';
import type { PlanVersion } from '../../pricing/plan.ts';
import { nameOf, repriced } from '../../pricing/publication.ts';
import { findFinished, type Simulation } from '../../pricing/simulation-store.ts';
import type { Context, Planned } from '../deed.ts';
import { type FileToPublish, fileToPublish } from './file-to-publish.ts';
import { planPrices } from './publish-prices.ts';

/** An older simulation says nothing of the customers of today. */
const simulationAgeMax = dayMs;

export interface Published {
  /** Those that are new. */
  versions: readonly PlanVersion[];
  /** The file is what was published last: nothing is done. */
  again: boolean;
  /** What the publication rests on; null where none was needed. */
  simulation: Simulation | null;
}

export interface PublishInput {
  yaml: string;
  simulationId?: string | undefined;
}

/** Plans the publication. */
export async function publishPlans(context: Context, input: PublishInput): Promise<Planned<Published>> {
  const { db, now } = context;
  const read = await fileToPublish(db, input.yaml);
  if (!read.ok) return read;
  const [last, sha256] = await Promise.all([findPublishedFile(db), sha256Hex(input.yaml)]);
  if (last?.sha256 === sha256) {
    const sold = read.value.file.versions.filter(({ state }) => state === 'sold').map(({ definition }) => definition);
    const left = await planPrices(context, sold);
    return ok({ value: { versions: [], again: true, simulation: null }, ...left, audit: [] });
  }
  const simulation = await simulationFor(context, read.value, sha256, input.simulationId);
  if (!simulation.ok) return simulation;
  const { fresh, standing } = read.value.comparison;
  const sold = [...fresh, ...standing].filter(({ state }) => state === 'sold').map(({ definition }) => definition);
  const prices = await planPrices(context, sold);
  return ok({
    value: { versions: fresh.map(({ definition }) => definition), again: false, simulation: simulation.value },
    writes: [
      ...publish({ sha256, text: input.yaml, fresh, standing, now }),
      ...publishOwnMeters(read.value.file.meters, now),
      ...prices.writes,
    ],
    audit: [
      {
        action: 'plans.published',
        subject: sha256,
        details: {
          versions: fresh.map(({ definition }) => nameOf(definition)),
          simulation_id: simulation.value?.id ?? null,
        },
      },
    ],
    outbox: prices.outbox,
  });
}

/** The simulation that the file needs; null where it changes no price of a plan that was published. */
async function simulationFor(
  { db, now }: Context,
  { catalogue, file }: FileToPublish,
  sha256: string,
  simulationId: string | undefined,
): Promise<Result<Simulation | null, Failure>> {
  const plans = repriced(catalogue, file);
  if (plans.length === 0) return ok(null);
  const found = await findFinished(db, sha256, now - simulationAgeMax, simulationId);
  if (found) return ok(found);
  const message = `what ${plans.join(', ')} costs or includes changes: simulate this file first (POST /api/simulations); a finished simulation counts for a day, for exactly that text`;
  return err({ code: 'simulation_required', message, details: { plans } });
}
