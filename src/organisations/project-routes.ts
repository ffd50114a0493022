/** Routes of an organisation's projects, for admins: attached, listed, detached. */
import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/organisations.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, refuse, reply } from '../http/endpoint.ts';
import { attachProject } from '../workflows/organisations/attach-project.ts';
import { detachProject } from '../workflows/organisations/detach-project.ts';
import { listProjects } from './project-store.ts';
import { findOrganisation } from './store.ts';
import { toProject } from './wire.ts';

const attach = deed({
  ...routes.attachProject,
  plan: (context, call) =>
    attachProject(context, {
      organisationId: param(call, 'organisationId'),
      customerId: call.body.customer_id,
      clusterId: call.body.cluster_id,
      namespace: call.body.namespace,
    }),
  answer: (project) => json(201, { success: true, project: toProject(project) }),
});

const list = endpoint({
  ...routes.listProjects,
  handle: async (call) => {
    const { db, query } = call;
    const organisationId = param(call, 'organisationId');
    if (!(await findOrganisation(db, organisationId))) return refuse(notFound);
    const found = await listProjects(db, organisationId, query.page, query.limit);
    return reply(200, {
      items: found.rows.map(toProject),
      total: found.total,
      page: query.page,
      limit: query.limit,
    });
  },
});

const detach = deed({
  ...routes.detachProject,
  plan: (context, call) =>
    detachProject(context, {
      organisationId: param(call, 'organisationId'),
      clusterId: param(call, 'clusterId'),
      namespace: param(call, 'namespace'),
    }),
  answer: (project) => json(200, { success: true, project: toProject(project) }),
});

export const projectEndpoints: readonly Endpoint[] = [attach, list, detach];
