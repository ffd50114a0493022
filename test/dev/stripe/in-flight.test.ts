import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Commit } from '../../../dev/data/group-commit.ts';
import { openApi } from '../../../dev/stripe/api.ts';
import { contextsOf } from '../../../dev/stripe/contexts.ts';
import { openIdempotency } from '../../../dev/stripe/idempotency.ts';
import { operation } from '../../../dev/stripe/operation.ts';
import { routerOf } from '../../../dev/stripe/router.ts';
import { openStripeStore } from '../../../dev/stripe/store.ts';

it('a key whose first request is under way is told so, another key is not; after it the answer is there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-in-flight-'));
  const store = openStripeStore(join(folder, 'stripe.sqlite'));
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const disk = Promise.withResolvers<void>();
  const commit: Commit = async (work) => {
    await disk.promise;
    return work();
  };
  let made = 0;
  const create = operation({
    method: 'POST',
    path: '/v1/things',
    parameters: {},
    run: () => ({ id: `thing_${++made}`, object: 'thing' }),
  });
  const surroundings = { store, pages: '', webhooks: false, answeredAt: () => null };
  const api = openApi({
    db: store.db,
    commit,
    router: routerOf([create]),
    idempotency: openIdempotency(store.db),
    contextAt: contextsOf(surroundings),
    now: () => 0,
    onCommitted: () => {},
    log: () => {},
  });
  const ask = (idempotencyKey: string) =>
    api.answer({ id: 'req_1', method: 'POST', path: '/v1/things', parameters: '', idempotencyKey });

  const [first, second, other] = [ask('k'), ask('k'), ask('other')];
  disk.resolve();
  expect(await second).toMatchObject({ status: 409, body: expect.stringContaining('idempotency_key_in_use') });
  expect([(await first).status, (await other).status]).toEqual([200, 200]);
  expect(await ask('k')).toMatchObject({ body: (await first).body, original: 'req_1' });
  expect(made).toBe(2);
});
