/** Routes of organisations, for admins. */
import * as routes from '../contracts/routes/organisations.ts';
import { type Endpoint, endpoint, reply } from '../http/endpoint.ts';
import { iso } from '../lib/time.ts';
import { listOrganisations } from './store.ts';

const list = endpoint({
  ...routes.listOrganisations,
  handle: async ({ db, query }) => {
    const found = await listOrganisations(db, query.page, query.limit);
    const items = found.rows.map((row) => ({
      organisation_id: row.id,
      slug: row.slug,
      name: row.name,
      created_at: iso(row.createdAt),
    }));
    return reply(200, { items, total: found.total, page: query.page, limit: query.limit });
  },
});

export const organisationEndpoints: readonly Endpoint[] = [list];
