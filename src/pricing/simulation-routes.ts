/** Past periods under other plans: of many customers, in steps, or of one at once. */

import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/simulations.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { contextOf } from '../wiring.ts';
import { beginSimulation, continueSimulation } from '../workflows/billing/simulate.ts';
import { simulateCustomer } from '../workflows/billing/simulate-customer.ts';
import { toSimulatedCustomer, toSimulationAnswer } from './plan-wire.ts';
import { findSimulation } from './simulation-store.ts';

/** `previous` or the start of a period, as ms; null is the previous one. */
const startOf = (period: string): number | null => (period === 'previous' ? null : Date.parse(period));

const begin = deed({
  ...routes.beginSimulation,
  plan: (context, { body }) =>
    beginSimulation(context, {
      ...body,
      periodStart: startOf(body.period),
      customerIds: body.customer_ids ?? null,
    }),
  afterwards: continueSimulation,
  answer: (id) => json(202, { success: true, simulation_id: id }),
});

const read = endpoint({
  ...routes.readSimulation,
  handle: async (call) => {
    const simulation = await findSimulation(call.db, param(call, 'simulationId'));
    return simulation ? reply(200, toSimulationAnswer(simulation)) : refuse(notFound);
  },
});

const one = endpoint({
  ...routes.simulateCustomer,
  handle: async (call) => {
    const { customer } = call.customer;
    const input = { ...call.body, periodStart: startOf(call.body.period) };
    const simulated = await simulateCustomer(contextOf(call), customer, input);
    return simulated.ok ? reply(200, toSimulatedCustomer(customer.id, simulated.value)) : simulated;
  },
});

export const simulationEndpoints: readonly Endpoint[] = [begin, read, one];
