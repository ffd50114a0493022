/** A simulation of a file of plans, followed to its end. */
import type { SimulationAnswer } from '../../src/contracts/plan-catalogue.ts';
import { beginSimulation, readSimulation } from '../../src/contracts/routes/simulations.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { Api } from '../api.ts';
import type { Failure } from '../failure.ts';
import type { World } from '../world.ts';

const pollMs = 2_000;
const firstPollMs = 300;

/** Asks for the simulation and tells how far it is. One that could not rate somebody is a failure. */
export async function simulate(
  world: World,
  api: Api,
  yaml: string,
  period?: string,
): Promise<Result<SimulationAnswer, Failure>> {
  const begun = await api.call(beginSimulation, { body: { yaml, ...(period === undefined ? {} : { period }) } });
  if (!begun.ok) return begun;
  const { simulation_id: id } = begun.value;
  let told = -1;
  for (let waitMs = firstPollMs; ; waitMs = pollMs) {
    await world.sleep(waitMs);
    const read = await api.call(readSimulation, { params: { simulationId: id } });
    if (!read.ok) return read;
    const { state, progress, customers, failed } = read.value;
    if (progress !== told) world.note(`simulated ${progress} % of ${customers} customers`);
    told = progress;
    if (state === 'failed') {
      const message = `the simulation ${id} could not rate ${failed} of ${customers} customers; the Worker's log says why`;
      return err({ kind: 'failed', message });
    }
    if (state === 'done') return ok(read.value);
  }
}
