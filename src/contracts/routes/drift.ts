/** The routes of drift and invariants: where they are, whom they admit, what they take and answer. */
import {
  driftDecisionAnswer,
  driftDecisionBody,
  driftList,
  driftQuery,
  driftRunAnswer,
  driftRunBody,
  invariantList,
  invariantRunBody,
} from '../drift.ts';
import { route } from '../route.ts';

export const listDrift = route({
  operation: 'listDrift',
  method: 'get',
  path: '/api/drift',
  summary: 'What differs between our rows and Stripe, newest first',
  allow: { admin: 'viewer' },
  query: driftQuery,
  answers: { 200: driftList },
});

export const runDrift = route({
  operation: 'runDrift',
  method: 'post',
  path: '/api/drift/run',
  summary: 'Compare our rows with Stripe, both ways',
  allow: { admin: 'operator' },
  body: driftRunBody,
  answers: { 202: driftRunAnswer },
  failures: ['stripe_unavailable'],
  idempotent: true,
});

export const fixDrift = route({
  operation: 'fixDrift',
  method: 'post',
  path: '/api/drift/:driftId/fix',
  summary: 'Mend a difference as `fix` says',
  allow: { admin: 'operator' },
  body: driftDecisionBody,
  answers: { 200: driftDecisionAnswer },
  failures: ['drift_closed', 'drift_not_fixable', 'stripe_unavailable'],
  idempotent: true,
  preview: true,
});

export const ignoreDrift = route({
  operation: 'ignoreDrift',
  method: 'post',
  path: '/api/drift/:driftId/ignore',
  summary: 'Let a difference be',
  allow: { admin: 'operator' },
  body: driftDecisionBody,
  answers: { 200: driftDecisionAnswer },
  failures: ['drift_closed'],
  idempotent: true,
  preview: true,
});

export const readInvariants = route({
  operation: 'readInvariants',
  method: 'get',
  path: '/api/invariants',
  summary: 'Whether the ledger holds together: each rule with the rows that break it',
  allow: { admin: 'viewer' },
  answers: { 200: invariantList },
});

export const runInvariants = route({
  operation: 'runInvariants',
  method: 'post',
  path: '/api/invariants/run',
  summary: 'Check every rule of the ledger now',
  allow: { admin: 'operator' },
  body: invariantRunBody,
  answers: { 200: invariantList },
  idempotent: true,
});
