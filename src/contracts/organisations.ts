/** Organisations, their issuers and projects, and clusters on the wire (admin). */
import { z } from 'zod';
import { clusterId, customerId, instant, lineText, listOf, namespace } from './common.ts';

const slugCharsMax = 63;
/** An organisation's short name: the `org` of its people's tokens, and what a sign-in is asked for by. */
export const slug = z
  .string()
  .max(slugCharsMax)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens');

const nameCharsMax = 200;

/** POST /api/organisations: without a slug one is made of the name. */
export const organisationBody = z.strictObject({ name: lineText(nameCharsMax), slug: slug.optional() });

const organisation = z.object({
  organisation_id: z.string(),
  slug: z.string(),
  name: z.string(),
  /** Where its people sign in; null while nobody can. */
  issuer: z.string().nullable(),
  created_at: z.string(),
});
export type OrganisationView = z.infer<typeof organisation>;
export const organisationAnswer = z.object({ success: z.literal(true), organisation });
export const organisationList = listOf(organisation);

/** POST …/projects: a namespace of a customer of the organisation, in a cluster. */
export const projectBody = z.strictObject({ cluster_id: clusterId, namespace, customer_id: customerId });
const project = z.object({
  cluster_id: z.string(),
  namespace: z.string(),
  customer_id: z.string(),
  /** A customer's own namespace, which cannot be detached. */
  own: z.boolean(),
  attached_at: z.string(),
  /** From then on nobody measures it; what was measured stays. Null while it is attached. */
  detached_at: z.string().nullable(),
});
export type ProjectView = z.infer<typeof project>;
export const projectAnswer = z.object({ success: z.literal(true), project });
export const projectList = listOf(project);

const urlCharsMax = 500;
const textCharsMax = 255;
const claimCharsMax = 200;
const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');
const address = printable(urlCharsMax).refine((text) => URL.canParse(text), 'must be a URL');
const claim = z.string().min(1).max(claimCharsMax);

/**
 * PUT …/issuer. A claim is named by its own name, or by a path with dots (`realm_access.roles`); a name that exists with
 * its dots is taken first. `scopes` are asked for at a sign-in in a browser, beside `openid`.
 */
export const issuerBody = z.strictObject({
  issuer: address,
  audience: printable(textCharsMax),
  client_id: printable(textCharsMax),
  client_secret: printable(textCharsMax).optional(),
  scopes: z.array(printable(claimCharsMax)).max(20).default([]),
  claims: z
    .strictObject({
      roles: claim.default('groups'),
      namespaces: claim.default('namespaces'),
      org: claim.default('org'),
    })
    .prefault({}),
  jwks_url: address.optional(),
});
export type IssuerBody = z.infer<typeof issuerBody>;

/** Never the secret: `client_secret` says whether there is one. */
const issuer = z.object({
  issuer: z.string(),
  audience: z.string(),
  client_id: z.string(),
  client_secret: z.boolean(),
  scopes: z.array(z.string()),
  claims: z.object({ roles: z.string(), namespaces: z.string(), org: z.string() }),
  jwks_url: z.string(),
  /** What the issuer has to let our sign-in come back to. */
  redirect_uri: z.string(),
  set_at: z.string(),
});
export type IssuerView = z.infer<typeof issuer>;
export const issuerAnswer = z.object({ success: z.literal(true), issuer });

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
/** The name of a token or key is the cluster's id unless it has one; without `expires_at` it does not end. */
export const clusterCredentialBody = z.strictObject({ name: lineText(100).optional(), expires_at: instant.optional() });
/** POST /api/clusters/:id/tokens: a provisioner token, shown once; …/keys: a cluster key (usage of its customers). */
export const clusterTokenAnswer = z.object({
  success: z.literal(true),
  key_id: z.string(),
  token: z.string(),
});
export const clusterKeyAnswer = z.object({ success: z.literal(true), key_id: z.string(), api_key: z.string() });
