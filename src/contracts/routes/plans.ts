/** The routes of plans: where they are, whom they admit, what they take and answer. */
import {
  checkAnswer,
  checkBody,
  migrateAnswer,
  migrateBody,
  plansBodyBytesMax,
  publishAnswer,
  publishBody,
} from '../plan-catalogue.ts';
import { planList } from '../plans.ts';
import { route } from '../route.ts';

export const listPlans = route({
  operation: 'listPlans',
  method: 'get',
  path: '/api/plans',
  summary: 'The plans that are sold; for admins every version, with its subscribers',
  allow: { public: true },
  answers: { 200: planList },
});

export const checkPlans = route({
  operation: 'checkPlans',
  method: 'post',
  path: '/api/plans/check',
  summary: 'What is wrong with plans.yaml, and what it would change',
  allow: { admin: 'viewer' },
  body: checkBody,
  answers: { 200: checkAnswer },
  wireBytesMax: plansBodyBytesMax,
});

export const publishPlans = route({
  operation: 'publishPlans',
  method: 'post',
  path: '/api/plans/publish',
  summary: 'Publish plans.yaml: its new versions, and what is sold',
  allow: { admin: 'owner' },
  body: publishBody,
  answers: { 200: publishAnswer, 201: publishAnswer },
  failures: ['currency_mismatch', 'meter_changed', 'version_changed', 'simulation_required'],
  idempotent: true,
  preview: true,
  wireBytesMax: plansBodyBytesMax,
});

export const migrateSubscribers = route({
  operation: 'migrateSubscribers',
  method: 'post',
  path: '/api/plans/:plan/migrate',
  summary: 'Move subscribers of a version to another one at the end of their running period',
  allow: { admin: 'owner' },
  body: migrateBody,
  answers: { 202: migrateAnswer },
  idempotent: true,
  preview: true,
});
