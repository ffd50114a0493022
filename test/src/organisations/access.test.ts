import { beforeAll, describe, expect, it } from 'vitest';
import { rootToken } from '../../harness/worker/api.ts';
import { api, ask, makeOrganisations, type Organisations, type Problem } from './billing-story.ts';
import { person } from './harness.ts';

let kube: Organisations['kube'];
let other: Organisations['other'];
let admin: Organisations['admin'];
beforeAll(async () => {
  ({ kube, other, admin } = await makeOrganisations());
});

describe('who may see what', () => {
  const paths = [
    '/health',
    '/projects',
    '/project/NAMESPACE/overview',
    '/summary',
    '/trends',
    '/trends?namespace=NAMESPACE',
    '/attribution?by=label:team',
  ];
  const theirs = /theirs/;

  it.each(paths)('%s: nothing of another organisation, whatever the token lists', async (path) => {
    const listed = path.replace('NAMESPACE', 'batch');
    const user = person(kube.id, ['batch', 'theirs', 'no-such']);
    const { status, body } = await ask(user, listed);
    expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringMatching(theirs)]);
    expect(JSON.stringify(body)).not.toMatch(/project-name|tools|idle|twin/);
  });

  it.each(paths.filter((path) => path.includes('NAMESPACE')))(
    '%s: a foreign, an unlisted and a missing namespace are refused alike',
    async (path) => {
      const bodies = [];
      for (const namespace of ['theirs', 'tools', 'no-such', 'constructor']) {
        const { status, body } = await ask<Problem>(
          person(kube.id, ['batch', 'theirs']),
          path.replace('NAMESPACE', namespace),
        );
        expect(status).toBe(403);
        expect(body).toMatchObject({ success: false, error: 'Access denied to namespace', code: 'namespace_denied' });
        expect(body.details).toEqual({ namespace, availableNamespaces: ['batch'] });
        const { timestamp, request_id, details, ...same } = body as unknown as Record<string, unknown>;
        bodies.push(same);
      }
      expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    },
  );

  it.each(paths)('%s: a person’s token is of one organisation, an admin names it', async (path) => {
    const own = path.replace('NAMESPACE', 'batch');
    const named = (slug: string) => `${own}${own.includes('?') ? '&' : '?'}organisation=${slug}`;
    expect((await ask(admin, named(kube.slug))).status).toBe(200);
    for (const slug of [other.slug, 'no-such']) {
      const { status, body } = await ask<Problem>(admin, named(slug));
      expect([status, body.code]).toEqual([403, 'forbidden']);
    }
    expect((await ask(rootToken, named(kube.slug))).status).toBe(200);
    expect((await ask(rootToken, named('no-such'))).status).toBe(404);
    const none = await ask<Problem>(rootToken, own);
    expect([none.status, none.body.message]).toEqual([422, 'organisation is required: an admin names it by its slug']);
  });

  it.each(paths)('%s: the words of seed 002 without a token, and when the database is away', async (path) => {
    const response = await api.call('GET', `/api/billing${path}`, {});
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { success: false, error: 'Authentication token required', code: 'token_required' },
    ]);
    const away = {
      prepare: () => {
        throw new Error('D1_ERROR: Network connection lost.');
      },
      batch: async () => {
        throw new Error('D1_ERROR: Network connection lost.');
      },
    };
    const named = `${path.replace('NAMESPACE', 'batch')}${path.includes('?') ? '&' : '?'}organisation=${kube.slug}`;
    const down = await api.call('GET', `/api/billing${named}`, { token: rootToken, bindings: { CONTROL: away } });
    expect([down.status, await down.json()]).toMatchObject([
      503,
      { success: false, error: 'Billing service unreachable', code: 'billing_unavailable' },
    ]);
  });
});
