/** What of an entry a customer's people see: what is about their own things. Pure. */

/**
 * Names of details that say nothing of the operator's business. The reasons that staff give, clusters, ids of other
 * credentials and the words of drafts are not among them.
 */
const shown: ReadonlySet<string> = new Set([
  'accept_data_loss',
  'active_from',
  'active_until',
  'allowances',
  'before',
  'cap_cents',
  'cluster_id',
  'credit_id',
  'customer_id',
  'effective_at',
  'effectiveAt',
  'email',
  'end',
  'ended_by',
  'expires_at',
  'generation',
  'instance_id',
  'issuer',
  'jti',
  'key_id',
  'labels',
  'name',
  'namespace',
  'namespaces',
  'plan',
  'prices',
  'role',
  'rotated_to',
  'slug',
  'start',
  'status',
  'window_end',
]);

/** Every admin, as people outside see them: which of the staff it was is in the operator's own view. */
export const staffActor = 'staff';

/** The details without those that are the operator's own. */
export const tenantDetails = (details: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(details).filter(([name]) => shown.has(name)));
