/** The routes of simulations: where they are, whom they admit, what they take and answer. */
import {
  plansBodyBytesMax,
  simulateAnswer,
  simulateBody,
  simulationAnswer,
  simulationBody,
  simulationStarted,
} from '../plan-catalogue.ts';
import { route } from '../route.ts';

export const beginSimulation = route({
  operation: 'beginSimulation',
  method: 'post',
  path: '/api/simulations',
  summary: 'Rate past periods by other plans: those of a file, or published versions',
  allow: { admin: 'operator' },
  body: simulationBody,
  answers: { 202: simulationStarted },
  failures: ['not_found', 'currency_mismatch', 'meter_changed', 'version_changed'],
  idempotent: true,
  wireBytesMax: plansBodyBytesMax,
});

export const readSimulation = route({
  operation: 'readSimulation',
  method: 'get',
  path: '/api/simulations/:simulationId',
  summary: 'How far a simulation is, and whom it changes most',
  allow: { admin: 'viewer' },
  answers: { 200: simulationAnswer },
});

export const simulateCustomer = route({
  operation: 'simulateCustomer',
  method: 'post',
  path: '/api/usage/:customerId/simulate',
  summary: 'Rate one past period of a customer by other plans, at once',
  allow: { admin: 'operator' },
  body: simulateBody,
  answers: { 200: simulateAnswer },
  failures: ['currency_mismatch', 'meter_changed', 'version_changed'],
  wireBytesMax: plansBodyBytesMax,
});
