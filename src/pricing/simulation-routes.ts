/** Past periods under other plans: of many customers, in steps, or of one at once. */
import { notFound } from '../contracts/failures.ts';
import {
  plansBodyBytesMax,
  simulateAnswer,
  simulateBody,
  simulationAnswer,
  simulationBody,
  simulationStarted,
} from '../contracts/plan-catalogue.ts';
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
  method: 'post',
  path: '/api/simulations',
  summary: 'Rate past periods by other plans: those of a file, or published versions',
  allow: { admin: 'operator' },
  wireBytesMax: plansBodyBytesMax,
  body: simulationBody,
  idempotent: true,
  answers: { 202: simulationStarted },
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
  method: 'get',
  path: '/api/simulations/:simulationId',
  summary: 'How far a simulation is, and whom it changes most',
  allow: { admin: 'viewer' },
  answers: { 200: simulationAnswer },
  handle: async (call) => {
    const simulation = await findSimulation(call.db, param(call, 'simulationId'));
    return simulation ? reply(200, toSimulationAnswer(simulation)) : refuse(notFound);
  },
});

const one = endpoint({
  method: 'post',
  path: '/api/usage/:customerId/simulate',
  summary: 'Rate one past period of a customer by other plans, at once',
  allow: { admin: 'operator' },
  wireBytesMax: plansBodyBytesMax,
  body: simulateBody,
  answers: { 200: simulateAnswer },
  handle: async (call) => {
    const { customer } = call.customer;
    const input = { ...call.body, periodStart: startOf(call.body.period) };
    const simulated = await simulateCustomer(contextOf(call), customer, input);
    return simulated.ok ? reply(200, toSimulatedCustomer(customer.id, simulated.value)) : simulated;
  },
});

export const simulationEndpoints: readonly Endpoint[] = [begin, read, one];
