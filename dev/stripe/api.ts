/**
 * What the stand-in answers: customers only (create, retrieve, list, search), with Stripe's idempotency: the same key
 * within 24 h answers the same, with other parameters it is refused; refused parameters are not kept. A create and its
 * kept answer are one commit, so that kill -9 never makes a twin.
 */
import { createHash, randomBytes } from 'node:crypto';
import { groupCommit } from '../data/group-commit.ts';
import { type Customer, readCustomer, toWire } from './customers.ts';
import { invalid, missing, otherParameters, type StripeError, unknownRoute } from './errors.ts';
import { type Form, readForm } from './form.ts';
import { readQuery } from './search.ts';
import { openStripeStore } from './store.ts';

export type StripeRequest = { method: string; path: string; parameters: string; idempotencyKey: string | null };
export type StripeAnswer = { status: number; body: string; replayed: boolean };

const KEPT_MS = 24 * 3_600_000;
const KEY_CHARACTERS_MAX = 255;
const LIST_DEFAULT = 10;
const LIST_MAX = 100;
const ID_BYTES = 10;

const json = (status: number, body: unknown): StripeAnswer => ({ status, body: JSON.stringify(body), replayed: false });
const failed = ({ status, error }: StripeError): StripeAnswer => json(status, { error });

function limitOf(form: Form): number | StripeError {
  const text = form.fields.get('limit') ?? String(LIST_DEFAULT);
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= LIST_MAX) return limit;
  return invalid(`Invalid limit: must be between 1 and ${LIST_MAX}`, 'parameter_invalid_integer', 'limit');
}

export function openStripeApi(path: string, now: () => number = Date.now) {
  const store = openStripeStore(path);
  const commit = groupCommit(store.db);

  const create = (request: StripeRequest): StripeAnswer => {
    const input = readCustomer(readForm(request.parameters));
    if ('error' in input) return failed(input);
    const id = `cus_${randomBytes(ID_BYTES).toString('base64url').replace(/[-_]/g, '0')}`;
    const customer: Customer = { id, created: Math.floor(now() / 1000), ...input };
    store.insert(customer);
    return json(200, toWire(customer));
  };

  /** Runs inside a commit. */
  const createOnce = (request: StripeRequest): StripeAnswer => {
    const { idempotencyKey: key, method, path, parameters } = request;
    if (key === null) return create(request);
    if (key.length > KEY_CHARACTERS_MAX) return failed(invalid('The idempotency key is too long'));
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([method, path, parameters]))
      .digest('hex');
    const kept = store.kept(key, now() - KEPT_MS);
    if (kept?.request === fingerprint) return { status: kept.status, body: kept.body, replayed: true };
    if (kept !== undefined) return failed(otherParameters(key));
    const answer = create(request);
    if (answer.status < 300) store.keep(key, { request: fingerprint, ...answer }, now());
    return answer;
  };

  const list = (form: Form): StripeAnswer => {
    const limit = limitOf(form);
    if (typeof limit !== 'number') return failed(limit);
    const startingAfter = form.fields.get('starting_after') ?? null;
    if (startingAfter !== null && store.byId(startingAfter) === null) return failed(missing('customer', startingAfter));
    const found = store.page(form.fields.get('email') ?? null, startingAfter, limit + 1);
    const data = found.slice(0, limit).map(toWire);
    return json(200, { object: 'list', url: '/v1/customers', has_more: found.length > limit, data });
  };

  const search = (form: Form): StripeAnswer => {
    const limit = limitOf(form);
    if (typeof limit !== 'number') return failed(limit);
    const query = readQuery(form.fields.get('query') ?? '');
    if (typeof query !== 'function') return failed(query);
    const found = store.all().filter(query);
    // A page token is the number of customers already seen.
    const from = Number(form.fields.get('page') ?? 0);
    const next = from + limit;
    return json(200, {
      object: 'search_result',
      url: '/v1/customers/search',
      has_more: found.length > next,
      next_page: found.length > next ? String(next) : null,
      data: found.slice(from, next).map(toWire),
    });
  };

  const read = ({ method, path, parameters }: StripeRequest): StripeAnswer => {
    const form = readForm(parameters);
    if (method !== 'GET') return failed(unknownRoute(method, path));
    if (path === '/v1/customers') return list(form);
    if (path === '/v1/customers/search') return search(form);
    const id = /^\/v1\/customers\/([^/]+)$/.exec(path)?.[1];
    if (id === undefined) return failed(unknownRoute(method, path));
    const customer = store.byId(decodeURIComponent(id));
    return customer === null ? failed(missing('customer', id)) : json(200, toWire(customer));
  };

  return {
    async answer(request: StripeRequest): Promise<StripeAnswer> {
      const creates = request.method === 'POST' && request.path === '/v1/customers';
      return creates ? await commit(() => createOnce(request)) : read(request);
    },
    close: () => store.close(),
  };
}
export type StripeApi = ReturnType<typeof openStripeApi>;
