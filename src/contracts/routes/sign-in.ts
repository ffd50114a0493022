/** The routes of a sign-in at an issuer, which a browser is sent through. */
import { route } from '../route.ts';
import { startQuery } from '../sign-in.ts';

export const startSignIn = route({
  operation: 'startSignIn',
  method: 'get',
  path: '/api/sessions/oidc/start',
  summary: 'Begin to sign in at the issuer of an organisation or of staff',
  allow: { public: true },
  query: startQuery,
  answers: { 303: null },
});

export const finishSignIn = route({
  operation: 'finishSignIn',
  method: 'get',
  path: '/api/sessions/oidc/callback',
  summary: 'Where the issuer sends the browser back to: the session begins here',
  allow: { public: true },
  answers: { 200: null, 303: null },
});
