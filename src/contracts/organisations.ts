/** Organisations and clusters on the wire (admin). */
import { z } from 'zod';
import { clusterId, listOf, namespace } from './common.ts';

const organisation = z.object({
  organisation_id: z.string(),
  slug: z.string(),
  name: z.string(),
  created_at: z.string(),
});
export const organisationList = listOf(organisation);

const label = namespace;

/** POST /api/clusters (owner). The id is the operator's word for it, e.g. `eu-west-1`. */
export const clusterBody = z.strictObject({
  cluster_id: clusterId,
  queue_binding: z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/, "must be the Worker's binding of the doorbell queue"),
  namespaces_max: z.number().int().min(1).max(10_000).default(1200),
  services_max: z.number().int().min(1).max(100_000).default(10_000),
  storage_class: label.default('standard'),
});
const cluster = z.object({
  cluster_id: z.string(),
  queue_binding: z.string(),
  namespaces_max: z.number().int(),
  services_max: z.number().int(),
  storage_class: z.string(),
  namespaces_used: z.number().int(),
  created_at: z.string(),
});
export const clusterAnswer = z.object({ success: z.literal(true), cluster });
export const clusterList = listOf(cluster);
/** POST /api/clusters/:id/tokens: a provisioner token, shown once; …/keys: a cluster key (usage of its customers). */
export const clusterTokenAnswer = z.object({
  success: z.literal(true),
  key_id: z.string(),
  token: z.string(),
});
export const clusterKeyAnswer = z.object({ success: z.literal(true), key_id: z.string(), api_key: z.string() });
