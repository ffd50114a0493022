/** The routes of sessions and members: where they are, whom they admit, what they take and answer. */
import { pageQuery } from '../common.ts';
import { accepted } from '../jobs.ts';
import { route } from '../route.ts';
import {
  linkBody,
  memberAnswer,
  memberBody,
  memberList,
  passwordBody,
  sessionAnswer,
  sessionBody,
  sessionChoice,
  sessionList,
  sessionsQuery,
} from '../sessions.ts';

const anybodySignedIn = { account: 'viewer', person: true, admin: 'viewer' } as const;

export const signIn = route({
  operation: 'signIn',
  method: 'post',
  path: '/api/sessions',
  summary: 'Sign in: with email and password, with a mailed link, or with an admin token',
  allow: { public: true },
  body: sessionBody,
  answers: { 201: sessionAnswer, 200: sessionChoice },
  failures: ['sign_in_failed', 'link_invalid', 'not_found'],
});

export const mailLink = route({
  operation: 'mailLink',
  method: 'post',
  path: '/api/sessions/links',
  summary: 'Mail a link that signs in once, if the email is known',
  allow: { public: true },
  body: linkBody,
  answers: { 202: accepted },
});

export const readSession = route({
  operation: 'readSession',
  method: 'get',
  path: '/api/sessions/current',
  summary: 'Who this session is',
  allow: anybodySignedIn,
  answers: { 200: sessionAnswer },
  failures: ['not_found'],
});

export const listSessions = route({
  operation: 'listSessions',
  method: 'get',
  path: '/api/sessions',
  summary: 'The sessions of whoever asks',
  allow: anybodySignedIn,
  query: sessionsQuery,
  answers: { 200: sessionList },
});

export const signOut = route({
  operation: 'signOut',
  method: 'delete',
  path: '/api/sessions',
  summary: 'Sign out: the session of this request ends',
  allow: anybodySignedIn,
  answers: { 204: null },
  failures: ['not_found'],
});

export const endSession = route({
  operation: 'endSession',
  method: 'delete',
  path: '/api/sessions/:sessionId',
  summary: 'End one of your own sessions',
  allow: anybodySignedIn,
  answers: { 204: null },
  failures: ['not_found'],
});

export const changePassword = route({
  operation: 'changePassword',
  method: 'put',
  path: '/api/sessions/password',
  summary: 'Change the password; all other sessions end',
  allow: { account: 'viewer' },
  body: passwordBody,
  answers: { 204: null },
  failures: ['not_found', 'password_wrong'],
});

export const listMembers = route({
  operation: 'listMembers',
  method: 'get',
  path: '/api/customers/:customerId/members',
  summary: 'Who may sign in for this customer',
  allow: { account: 'viewer', admin: 'viewer' },
  query: pageQuery,
  answers: { 200: memberList },
});

export const addMember = route({
  operation: 'addMember',
  method: 'post',
  path: '/api/customers/:customerId/members',
  summary: 'Let somebody sign in for this customer',
  allow: { account: 'owner', admin: 'operator' },
  body: memberBody,
  answers: { 201: memberAnswer },
  failures: ['already_deactivated', 'member_exists'],
  idempotent: true,
});

export const removeMember = route({
  operation: 'removeMember',
  method: 'delete',
  path: '/api/customers/:customerId/members/:memberId',
  summary: 'Take a member away; their sessions end',
  allow: { account: 'owner', admin: 'operator' },
  answers: { 204: null },
  failures: ['not_found', 'last_owner'],
});
