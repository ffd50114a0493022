/**
 * Carries out a request of Stripe's API: finds its operation, reads its parameters, runs it in a commit with its events and the
 * answer that is kept for its key. Owns what is undone and what is kept; HTTP is server.ts's, what an operation does its own.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Commit } from '../data/group-commit.ts';
import type { Context } from './context.ts';
import { broken, invalid, keyInUse, otherParameters, Refusal, type StripeError, unknownRoute } from './errors.ts';
import { readForm } from './form.ts';
import { fingerprintOf, type Idempotency, keyCharactersMax } from './idempotency.ts';
import { execute, isError } from './operation.ts';
import type { Found, Router } from './router.ts';
import { undoable } from './undoable.ts';
import type { EventBody } from './wire.ts';

export type StripeRequest = {
  /** `req_…` */
  id: string;
  method: string;
  path: string;
  /** Form or query string. */
  parameters: string;
  idempotencyKey: string | null;
};
/** `original`: the id of the request that was answered so the first time, null for this one. */
export type StripeAnswer = { status: number; body: string; original: string | null };
export type ContextAt = (now: number, request: EventBody['request']) => Context;

type Parts = {
  db: DatabaseSync;
  commit: Commit;
  router: Router;
  idempotency: Idempotency;
  contextAt: ContextAt;
  now: () => number;
  /** Something may have been emitted. */
  onCommitted: () => void;
  log: (line: string) => void;
};
/** What running came to, and whether it is what the key is answered with from now on. */
type Ran = { status: number; body: string; kept: boolean };

const failed = ({ status, error }: StripeError): StripeAnswer => ({
  status,
  body: JSON.stringify({ error }),
  original: null,
});
/** A card that was declined is an outcome; wrong parameters are as if nobody had asked. */
const paymentRequired = 402;

export function openApi({ db, commit, router, idempotency, contextAt, now, onCommitted, log }: Parts) {
  /** Runs it; what a refusal or a mistake of ours wrote is undone. */
  function run({ operation, path }: Found, request: StripeRequest): Ran {
    try {
      const context = contextAt(now(), { id: request.id, idempotency_key: request.idempotencyKey });
      const result = undoable(db, () => execute(operation, context, path, readForm(request.parameters)));
      const { status, body } = isError(result) ? failed(result) : { status: 200, body: JSON.stringify(result) };
      return { status, body, kept: true };
    } catch (error) {
      if (error instanceof Refusal) {
        const { refusal } = error;
        return { ...failed(refusal), kept: refusal.status === paymentRequired };
      }
      log(`stripe: ${request.method} ${request.path}: ${String((error as Error).stack)}`);
      return { ...failed(broken()), kept: false };
    }
  }

  /** Inside a commit. @param work makes the answer, unless the key has one */
  function once(request: StripeRequest, work: () => Ran): StripeAnswer {
    const { idempotencyKey: key, id } = request;
    if (key === null) return { ...work(), original: null };
    const fingerprint = fingerprintOf(request.method, request.path, request.parameters);
    const before = idempotency.kept(key, now());
    if (before !== null) {
      if (before.request !== fingerprint) return failed(otherParameters(key));
      return { status: before.status, body: before.body, original: before.request_id };
    }
    const { status, body, kept } = work();
    if (kept) idempotency.keep(key, { request: fingerprint, request_id: id, status, body }, now());
    return { status, body, original: null };
  }

  /** The change that a POST or a DELETE asks for. A DELETE has no key. */
  async function change(given: StripeRequest, work: () => Ran): Promise<StripeAnswer> {
    const key = given.method === 'POST' ? given.idempotencyKey : null;
    const request = { ...given, idempotencyKey: key };
    if (key !== null && key.length > keyCharactersMax) return failed(invalid('The idempotency key is too long'));
    if (key !== null && !idempotency.enter(key)) return failed(keyInUse(key));
    try {
      const answer = await commit(() => once(request, work));
      onCommitted();
      return answer;
    } finally {
      if (key !== null) idempotency.leave(key);
    }
  }

  return {
    async answer(request: StripeRequest): Promise<StripeAnswer> {
      const found = router(request.method, request.path);
      if (found === null) return failed(unknownRoute(request.method, request.path));
      if (request.method === 'GET') return { ...run(found, request), original: null };
      return await change(request, () => run(found, request));
    },
    /** Answers 500 without doing anything, and from now on that key is answered so. */
    failAndKeep: (request: StripeRequest): Promise<StripeAnswer> =>
      change(request, () => ({ ...failed(broken()), kept: true })),
  };
}
export type StripeApi = ReturnType<typeof openApi>;
