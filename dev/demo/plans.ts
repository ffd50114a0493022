/** The plans that the demo sells: those that ship, and the two higher ones by the year as well, for ten months' fee. */
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { publishPlans } from '../../src/contracts/routes/plans.ts';
import { beginSimulation, readSimulation } from '../../src/contracts/routes/simulations.ts';
import type { DemoApi } from './api.ts';

const yearly = ['professional', 'enterprise'];
const monthsPaid = 10;
/** A published version never changes, so they are versions of their own. */
const version = '2026-11-yearly';

/** Publishes them, as an operator does: what a plan costs changes once it is known whom that hits. Takes a minute of the clock. */
export async function sellByTheYear({ admin, clock, until }: DemoApi): Promise<void> {
  const file = parseDocument(await readFile(new URL('../../plans.yaml', import.meta.url), 'utf8'));
  for (const plan of yearly) {
    file.setIn(['plans', plan, 'version'], version);
    file.setIn(['plans', plan, 'annual_fee'], monthsPaid * Number(file.getIn(['plans', plan, 'fee'])));
  }
  const yaml = String(file);
  const { simulation_id } = await admin(beginSimulation, { body: { yaml, period: 'previous' } });
  // It is done by cron.
  await clock({ advance: '1m', hold: true });
  await until('simulating plans', async () => {
    const { state } = await admin(readSimulation, { params: { simulationId: simulation_id } });
    return state === 'done';
  });
  await admin(publishPlans, { body: { yaml, simulation_id } });
}
