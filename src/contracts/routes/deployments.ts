/** The routes of deployments: where they are, whom they admit, what they take and answer. */
import { deploymentAnswer, driftBody, jobOrdered, redeployBody } from '../deployments.ts';
import { route } from '../route.ts';

export const readDeployment = route({
  operation: 'readDeployment',
  method: 'get',
  path: '/api/customers/:customerId/deployment',
  summary: 'What is wanted of the stack, what was observed, and what differs',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: deploymentAnswer },
});

export const redeploy = route({
  operation: 'redeploy',
  method: 'post',
  path: '/api/customers/:customerId/deployment/redeploy',
  summary: 'Bring the stack to what is wanted once more',
  allow: { admin: 'operator' },
  body: redeployBody,
  answers: { 202: jobOrdered },
  failures: ['deployment_deleted'],
  idempotent: true,
});

export const checkDrift = route({
  operation: 'checkDrift',
  method: 'post',
  path: '/api/customers/:customerId/deployment/drift',
  summary: 'Compare the stack with what is wanted; `correct` brings it into line',
  allow: { admin: 'operator' },
  body: driftBody,
  answers: { 202: jobOrdered },
  failures: ['deployment_deleted'],
  idempotent: true,
});
