/** The shell of a deed: what it does when somebody is faster, when a constraint refuses, and when only asked what would be. */
import { sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GuardFailed } from '../../../src/db/failure.ts';
import { guard } from '../../../src/db/guards.ts';
import { type Write, write } from '../../../src/db/write.ts';
import { deed } from '../../../src/http/deed.ts';
import { json } from '../../../src/http/endpoint.ts';
import { type AppEnv, mount } from '../../../src/http/mount.ts';
import { ok } from '../../../src/lib/result.ts';
import { servicesOf } from '../../../src/services.ts';
import { carryOut, type Plan } from '../../../src/workflows/deed.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { makeContext } from '../../harness/worker/context.ts';

const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
const context = makeContext({ control, shards: [], now: api.clock.now });
const insert = (slug: string): Write =>
  write(sql`INSERT INTO organisations (id, slug, name, created_at) VALUES (${`org_${slug}`}, ${slug}, 'x', 0)`);
const nobodyCalled = (slug: string) => sql`NOT EXISTS (SELECT 1 FROM organisations WHERE slug = ${slug})`;
const slugs = async () =>
  (await control.prepare('SELECT slug FROM organisations').all<{ slug: string }>()).results.map((r) => r.slug);
const plan = (writes: Write[], rest: Partial<Plan<string>> = {}) => ok({ value: 'done', writes, audit: [], ...rest });
const audited = async (subject: string) =>
  (await control.prepare('SELECT action FROM audit_log WHERE subject = ?').bind(subject).all()).results.length;

describe('a statement', () => {
  it('is data: an async function that returns one has not run it', async () => {
    const returned = await (async () => insert('awaited'))();
    expect(returned).toEqual({
      sql: expect.stringContaining('INSERT INTO organisations') as string,
      params: expect.any(Array) as unknown[],
    });
    expect(await slugs()).not.toContain('awaited');
  });
});

describe('a plan', () => {
  it('is made again when a guard says that somebody was faster, and then says itself why it cannot be', async () => {
    let attempts = 0;
    const outcome = await carryOut(context, async () => {
      attempts += 1;
      if (attempts === 2) return { ok: false, error: { code: 'job_not_failed', message: 'read again' } };
      return plan([guard('draining', sql`1 = 0`), insert('never')], { audit: [{ action: 'a', subject: 'never' }] });
    });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'job_not_failed' } });
    expect(attempts).toBe(2);
    expect(await slugs()).not.toContain('never');
    expect(await audited('never')).toBe(0);
  });

  it('is given up with the guard’s own name when it is refused again and again', async () => {
    const refused = carryOut(context, async () => plan([guard('job_lease', sql`1 = 0`)]));
    await expect(refused).rejects.toThrow(GuardFailed);
    await expect(refused).rejects.toMatchObject({ guard: 'job_lease' });
  });

  it('says what a constraint means, where it knows, and is made again where it does not', async () => {
    await carryOut(context, async () => plan([insert('taken')]));
    const known = await carryOut(context, async () =>
      plan([insert('taken')], { refused: () => ({ code: 'cluster_exists', message: 'taken' }) }),
    );
    expect(known).toMatchObject({ ok: false, error: { code: 'cluster_exists' } });
    let draw = 0;
    const drawn = await carryOut(context, async () => plan([insert(draw++ === 0 ? 'taken' : 'free')]));
    expect(drawn.ok).toBe(true);
    expect(await slugs()).toContain('free');
  });

  it('is one batch with its audit and what else belongs to it: one that fails leaves nothing', async () => {
    const besides = async () => [guard('idempotency_holder', sql`1 = 0`)];
    const broken = carryOut(
      context,
      async () => plan([insert('alone')], { audit: [{ action: 'a', subject: 'alone' }] }),
      besides,
    );
    await expect(broken).rejects.toMatchObject({ guard: 'idempotency_holder' });
    expect(await slugs()).not.toContain('alone');
    expect(await audited('alone')).toBe(0);
  });
});

describe('a route that changes something', () => {
  let plans = 0;
  const route = deed({
    operation: 'changeSlug',
    method: 'post',
    path: '/test/:slug',
    summary: 'for this test',
    allow: { admin: 'operator' },
    body: z.strictObject({}),
    idempotent: true,
    preview: true,
    answers: { 200: z.object({ slug: z.string() }), 201: z.object({ slug: z.string() }) },
    plan: async (_, call) => {
      plans += 1;
      const slug = call.params['slug'] ?? '';
      if (slug === 'slow') await control.prepare("UPDATE idempotency_keys SET holder = 'another'").run();
      return ok({ value: slug, writes: [guard('draining', nobodyCalled(slug)), insert(slug)], audit: [] });
    },
    answer: (slug) => json(201, { slug }),
  });
  const app = new Hono<AppEnv>();
  app.use(async (c, next) => {
    c.set('services', servicesOf(api.bindings, { waitUntil: () => {} }, api.outside));
    await next();
  });
  mount(app, [route]);
  const send = (path: string, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${rootToken}`, 'content-type': 'application/json', ...headers },
      body: '{}',
    });

  it('answers a preview with the same body and stores nothing, not even under an Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'preview-preview-1' };
    const seen = await send('/test/seen?preview=true', key);
    expect([seen.status, await seen.json()]).toEqual([200, { slug: 'seen' }]);
    expect(await slugs()).not.toContain('seen');
    const done = await send('/test/seen', key);
    expect([done.status, await done.json()]).toEqual([201, { slug: 'seen' }]);
  });

  it('plans once for a replay', async () => {
    const key = { 'idempotency-key': 'replay-replay-replay-1' };
    const before = plans;
    const [first, second] = [await send('/test/replayed', key), await send('/test/replayed', key)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(plans).toBe(before + 1);
  });

  it('whose Idempotency-Key another request has taken over says so after one plan, and stores nothing', async () => {
    const before = plans;
    const answer = await send('/test/slow', { 'idempotency-key': 'slow-slow-slow-slow-1' });
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'idempotency_in_progress' }]);
    expect(plans).toBe(before + 1);
    expect(await slugs()).not.toContain('slow');
  });
});
