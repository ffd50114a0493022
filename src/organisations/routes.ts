/** Routes of organisations and their issuers, for admins. Their projects are project-routes.ts's. */
import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/organisations.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { recheckLive } from '../http/live.ts';
import { callbackUrl } from '../sessions/oidc-addresses.ts';
import { createOrganisation } from '../workflows/organisations/create-organisation.ts';
import { removeIssuer, setIssuer } from '../workflows/organisations/set-issuer.ts';
import { findOrganisation, listOrganisations, withIssuer } from './store.ts';
import { toIssuer, toOrganisation } from './wire.ts';

const create = deed({
  ...routes.createOrganisation,
  plan: (context, { body }) => createOrganisation(context, body),
  answer: (row) => json(201, { success: true, organisation: toOrganisation(row) }),
});

const list = endpoint({
  ...routes.listOrganisations,
  handle: async ({ db, query }) => {
    const found = await listOrganisations(db, query.page, query.limit);
    return reply(200, {
      items: found.rows.map(toOrganisation),
      total: found.total,
      page: query.page,
      limit: query.limit,
    });
  },
});

const read = endpoint({
  ...routes.readOrganisation,
  handle: async (call) => {
    const row = await findOrganisation(call.db, param(call, 'organisationId'));
    return row ? reply(200, { success: true, organisation: toOrganisation(row) }) : refuse(notFound);
  },
});

const set = deed({
  ...routes.setIssuer,
  plan: (context, call) => setIssuer(context, param(call, 'organisationId'), call.body),
  afterwards: (_, { id }, call) => recheckLive(call, id),
  answer: (row, { env }) => json(200, { success: true, issuer: toIssuer(row, callbackUrl(env.PUBLIC_URL)) }),
});

const readIssuer = endpoint({
  ...routes.readIssuer,
  handle: async (call) => {
    const row = await findOrganisation(call.db, param(call, 'organisationId'));
    const issuer = row && withIssuer(row);
    if (!issuer) return refuse(notFound);
    return reply(200, { success: true, issuer: toIssuer(issuer, callbackUrl(call.env.PUBLIC_URL)) });
  },
});

const remove = deed({
  ...routes.removeIssuer,
  plan: (context, call) => removeIssuer(context, param(call, 'organisationId')),
  afterwards: (_, __, call) => recheckLive(call, param(call, 'organisationId')),
  answer: () => empty(204),
});

export const organisationEndpoints: readonly Endpoint[] = [create, list, read, set, readIssuer, remove];
