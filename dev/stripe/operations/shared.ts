/** What operations have in common: finding what is named, lists and their pages, metadata. */
import type { Context, Operation, Wire } from '../context.ts';
import { missing, Refusal } from '../errors.ts';
import type { Kind, Kinds } from '../objects/kinds.ts';
import { operation } from '../operation.ts';
import type { Parameters, Span } from '../parameters.ts';
import type { Query } from '../store.ts';
import { rendered } from '../wires.ts';

export const pageMax = 100;
const pageDefault = 10;

/** Parameters of every list. */
export const paging = {
  limit: { whole: [1, pageMax] },
  starting_after: 'text',
  ending_before: 'text',
} as const satisfies Parameters;

export const addressShape = {
  of: {
    city: { unset: 'text' },
    country: { unset: 'text' },
    line1: { unset: 'text' },
    line2: { unset: 'text' },
    postal_code: { unset: 'text' },
    state: { unset: 'text' },
  },
} as const;

export type Page = { limit?: number; starting_after?: string; ending_before?: string };

const nouns: Partial<Record<Kind, string>> = {
  'billing.meter': 'billing meter',
  'billing_portal.configuration': 'portal configuration',
  'checkout.session': 'checkout.session',
};
const nounOf = (kind: Kind): string => nouns[kind] ?? kind.replaceAll('_', '');

/** The object of that id. Throws Stripe's `resource_missing`. @param param where the id stood */
export function find<K extends Kind>({ store }: Context, kind: K, id: string, param = 'id'): Kinds[K] {
  const object = store.get(kind, id);
  if (object === null) throw new Refusal({ ...missing(nounOf(kind), id, param), status: param === 'id' ? 404 : 400 });
  return object;
}

/** A customer that is still there: one that was deleted can be looked at only. */
export function findCustomer(context: Context, id: string, param = 'customer'): Kinds['customer'] {
  const customer = find(context, 'customer', id, param);
  if (customer.deleted) throw new Refusal({ ...missing('customer', id, param), status: param === 'id' ? 404 : 400 });
  return customer;
}

export const listWire = (url: string, data: readonly Wire[], hasMore: boolean): Wire =>
  ({ object: 'list', data, has_more: hasMore, url }) as Wire;

/** A page of what is already there, in its order: lines, items. */
export function pageOf(
  url: string,
  all: readonly Wire[],
  { limit = pageDefault, starting_after, ending_before }: Page,
): Wire {
  const at = (id: string | undefined) => all.findIndex((wire) => wire.id === id);
  const from = starting_after === undefined ? 0 : at(starting_after) + 1;
  const to = ending_before === undefined ? from + limit : at(ending_before);
  const first = ending_before === undefined ? from : Math.max(0, to - limit);
  return listWire(url, all.slice(first, to), ending_before === undefined ? to < all.length : first > 0);
}

/** A page of a kind, newest first. @param keep leaves out what the store can't tell apart */
export function listed<K extends Kind>(
  context: Context,
  kind: K,
  url: string,
  page: Page & { created?: Span },
  query: Omit<Query, 'limit' | 'after' | 'before' | 'created'> = {},
  keep?: (object: Kinds[K]) => boolean,
): Wire {
  const { limit = pageDefault, starting_after: after, ending_before: before, created } = page;
  if (after !== undefined) find(context, kind, after, 'starting_after');
  if (before !== undefined) find(context, kind, before, 'ending_before');
  const found = context.store.list(kind, {
    ...query,
    created,
    after,
    before,
    limit: keep === undefined ? limit + 1 : undefined,
  });
  const all = keep === undefined ? found : found.filter(keep);
  const data = before === undefined ? all.slice(0, limit) : all.slice(-limit);
  return listWire(
    url,
    data.map((object) => rendered(context, kind, object)),
    all.length > limit,
  );
}

/** Metadata after an update: an empty text takes a key out, null all of them. */
export function merged(
  before: Record<string, string>,
  given: Record<string, string> | null | undefined,
): Record<string, string> {
  if (given === undefined) return before;
  if (given === null) return {};
  return Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ''));
}

/** `GET <path>/:id` */
export const retrieval = <K extends Kind>(kind: K, path: string): Operation =>
  operation({
    method: 'GET',
    path: `${path}/:id`,
    parameters: {},
    run: (context, { path: { id = '' } }) => rendered(context, kind, find(context, kind, id)),
  });

/** What an update leaves as it is where it was not named. */
export const or = <T>(given: T | undefined, before: T): T => (given === undefined ? before : given);
