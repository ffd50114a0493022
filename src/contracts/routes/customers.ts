/** The routes of customers: where they are, whom they admit, what they take and answer. */
import {
  createCustomerBody,
  customerAnswer,
  customerList,
  customersQuery,
  deactivateBody,
  reactivateAnswer,
  reactivateBody,
  signupAnswer,
  signupBody,
  signupHeldAnswer,
  verifySignupBody,
} from '../customers.ts';
import { route } from '../route.ts';

export const signUp = route({
  operation: 'signUp',
  method: 'post',
  path: '/api/customers/signup',
  summary: 'Sign up: account, licence, key and a deployment on its way',
  allow: { public: true },
  body: signupBody,
  answers: { 201: signupAnswer, 202: signupHeldAnswer },
  failures: ['conflicting_fields', 'email_exists', 'plan_not_offered', 'catalogue_empty', 'no_cluster', 'cluster_full'],
  idempotent: true,
});

export const verifySignup = route({
  operation: 'verifySignup',
  method: 'post',
  path: '/api/customers/signup/verify',
  summary: 'Verify the email of a signup by the mailed link, and make the account',
  allow: { public: true },
  body: verifySignupBody,
  answers: { 201: signupAnswer },
  failures: ['link_invalid', 'email_exists', 'plan_not_offered', 'catalogue_empty', 'no_cluster', 'cluster_full'],
  idempotent: true,
});

export const createCustomer = route({
  operation: 'createCustomer',
  method: 'post',
  path: '/api/customers',
  summary: 'Create a customer, in an organisation if one is named',
  allow: { admin: 'operator' },
  body: createCustomerBody,
  answers: { 201: signupAnswer },
  failures: [
    'conflicting_fields',
    'email_exists',
    'not_found',
    'plan_not_offered',
    'catalogue_empty',
    'no_cluster',
    'cluster_full',
  ],
  idempotent: true,
});

export const listCustomers = route({
  operation: 'listCustomers',
  method: 'get',
  path: '/api/customers',
  summary: 'Customers, newest first',
  allow: { admin: 'viewer' },
  query: customersQuery,
  answers: { 200: customerList },
});

export const readCustomer = route({
  operation: 'readCustomer',
  method: 'get',
  path: '/api/customers/:customerId',
  summary: 'One customer with subscription and deployment',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: customerAnswer },
});

export const deactivateCustomer = route({
  operation: 'deactivateCustomer',
  method: 'post',
  path: '/api/customers/:customerId/deactivate',
  summary: 'Cancel at once, suspend the stack, revoke keys and licence',
  allow: { admin: 'operator' },
  body: deactivateBody,
  answers: { 200: customerAnswer },
  failures: ['already_deactivated'],
  idempotent: true,
});

export const reactivateCustomer = route({
  operation: 'reactivateCustomer',
  method: 'post',
  path: '/api/customers/:customerId/reactivate',
  summary: 'Bring a deactivated customer back, with a new account key',
  allow: { admin: 'operator' },
  body: reactivateBody,
  answers: { 200: reactivateAnswer },
  failures: ['not_deactivated', 'deployment_deleted'],
  idempotent: true,
});
