/** How a socket of live figures ends, and what opens none. */
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Grant } from '../../../src/sessions/session.ts';
import { eventually } from '../../harness/eventually.ts';
import { rootToken } from '../../harness/worker/api.ts';
import { asBrowser, cookieName, sessionFor } from '../../harness/worker/browser.ts';
import { startIssuer, trust } from '../../harness/worker/issuer.ts';
import { callAs, orgAdmin, type Person } from './people.ts';
import {
  bindings,
  closeAll,
  feedOf,
  heard,
  makeStage,
  watch as open,
  over,
  type Side,
  type Stage,
  tell,
  upgrade,
  watched,
  watcherOf,
} from './watchers.ts';

let stage: Stage;
let mine: Side;
beforeAll(async () => {
  stage = await makeStage();
  ({ mine } = stage);
});
afterEach(() => closeAll(stage));
const watch = (who: Person, headers?: Record<string, string>) => open(stage, who, headers);
const told = (...sides: Side[]) => tell(stage, ...sides);

describe('how a socket ends', () => {
  it('with 4401 when its token has expired, and the others stay', async () => {
    const short = await watch(orgAdmin(mine.organisationId, { expiresAt: stage.api.clock.now + 700 }));
    const long = await watch(orgAdmin(mine.organisationId));
    expect((await over(short))?.code).toBe(4401);
    await told(mine);
    await heard(long);
    expect(short.messages).toEqual([]);
    expect(long.closed).toBeNull();
  });

  it('a token that has expired opens none', async () => {
    const late = await watch(orgAdmin(mine.organisationId, { expiresAt: stage.api.clock.now - 1 }));
    expect((await over(late))?.code).toBe(4401);
  });

  it('a ping is answered and renews the credit; who reads nothing of 500 messages is closed', async () => {
    const silent = await watch(orgAdmin(mine.organisationId, { subject: 'silent' }));
    const alive = await watch(orgAdmin(mine.organisationId, { subject: 'alive' }));
    const exhaust = () =>
      runInDurableObject(feedOf(mine.organisationId), (_, state) => {
        for (const socket of state.getWebSockets()) {
          const seat = socket.deserializeAttachment() as { sent: number };
          socket.serializeAttachment({ ...seat, sent: 500 });
        }
      });
    await exhaust();
    const pong = new Promise((resolve) => alive.socket.addEventListener('message', resolve, { once: true }));
    alive.socket.send('ping');
    await pong;
    await told(mine);
    await heard(alive);
    expect((await over(silent))?.code).toBe(4408);
    expect(silent.messages).toEqual([]);
    expect(alive.closed).toBeNull();
  });

  it('with 1008 when it sends anything but ping', async () => {
    const talker = await watch(orgAdmin(mine.organisationId));
    talker.socket.send('{"type":"subscribe"}');
    expect((await over(talker))?.code).toBe(1008);
  });

  it('and another one takes its place: told of what comes from then on', async () => {
    const first = await watch(orgAdmin(mine.organisationId));
    first.socket.close(1001);
    await eventually(
      () => watched(mine),
      (found) => found.length === 0,
    );
    const second = await watch(orgAdmin(mine.organisationId));
    await told(mine);
    await heard(second);
    expect(first.messages).toEqual([]);
  });

  it('one that opens while the last one leaves is kept in the directory', async () => {
    for (let i = 0; i < 5; i++) {
      const leaving = await watch(orgAdmin(mine.organisationId));
      leaving.socket.close(1000);
      const coming = await watch(orgAdmin(mine.organisationId));
      await told(mine);
      await heard(coming);
      coming.socket.close(1000);
    }
  });
});

describe('a socket whose credential has ended', () => {
  /** A socket as somebody's browser opens it. */
  const byCookie = async (grant: Grant, path = '/api/billing/live') => {
    const { sessionId, secret } = await sessionFor(stage.api, grant);
    const headers = { ...asBrowser(secret), upgrade: 'websocket' };
    return { sessionId, secret, watcher: watcherOf(await stage.api.call('GET', path, { headers })) };
  };
  const ofMine = () => `/api/billing/live?organisation=${mine.slug}`;
  const person = (): Grant => ({
    kind: 'person',
    organisationId: mine.organisationId,
    subject: 'grace',
    namespaces: null,
    endsAt: Date.now() + 3_600_000,
  });

  it('of a person is closed as the issuer is set anew or taken away, and another’s is not', async () => {
    const { api } = stage;
    const issuer = await startIssuer(api);
    const asked = `/api/organisations/${mine.organisationId}/issuer`;
    for (const change of [
      () => trust(api, mine.organisationId, { issuer: issuer.url }),
      () => api.call('DELETE', asked, { token: rootToken }),
    ]) {
      api.clock.now = Date.now() + 60_000;
      const [token, session] = [await watch(orgAdmin(mine.organisationId)), await byCookie(person())];
      const admin = watcherOf(await api.call('GET', ofMine(), { headers: { upgrade: 'websocket' }, token: rootToken }));
      expect((await change()).ok).toBe(true);
      expect((await over(token))?.code).toBe(4401);
      expect((await over(session.watcher))?.code).toBe(4401);
      await told(mine);
      await heard(admin);
      expect(admin.closed).toBeNull();
      expect([token.messages, session.watcher.messages]).toEqual([[], []]);
    }
    api.clock.now = Date.now();
    const since = 'UPDATE organisations SET issuer_set_at = 0 WHERE id = ?';
    await bindings.CONTROL.prepare(since).bind(mine.organisationId).run();
  });

  it('is told nothing more after a sign-out, and another one of the same person is', async () => {
    const [here, there] = [await byCookie(person()), await byCookie(person())];
    const out = await stage.api.call('DELETE', '/api/sessions', { headers: asBrowser(here.secret) });
    expect(out.status).toBe(204);
    await told(mine);
    await heard(there.watcher);
    expect((await over(here.watcher))?.code).toBe(4401);
    expect(here.watcher.messages).toEqual([]);
  });

  it('of an admin is closed when the token is revoked, by itself and behind a session', async () => {
    const body = { name: `watcher-${Date.now()}`, role: 'viewer' };
    const made = await stage.api.call('POST', '/api/admin-tokens', { token: rootToken, body });
    const { credential_id: credentialId, token } = (await made.json()) as { credential_id: string; token: string };
    const direct = watcherOf(await stage.api.call('GET', ofMine(), { headers: { upgrade: 'websocket' }, token }));
    const session = await byCookie({ kind: 'token', credentialId }, ofMine());
    await told(mine);
    await heard(direct);
    await heard(session.watcher);
    await stage.api.call('DELETE', `/api/credentials/${credentialId}`, { token: rootToken });
    await told(mine);
    for (const one of [direct, session.watcher]) {
      expect((await over(one))?.code).toBe(4401);
      expect(one.messages).toHaveLength(1);
    }
  });
});

describe('what opens none', () => {
  const refusal = async (headers: Record<string, string>, who = orgAdmin(mine.organisationId)) => {
    const response = await callAs(stage.api, who, 'GET', '/api/billing/live', undefined, headers);
    return { status: response.status, code: ((await response.json()) as { code: string }).code };
  };

  it('a plain request, and a page of another site that has only the cookie', async () => {
    expect(await refusal({})).toEqual({ status: 426, code: 'upgrade_required' });
    const endsAt = Date.now() + 3_600_000;
    const grant = {
      kind: 'person',
      organisationId: mine.organisationId,
      subject: 'ada',
      namespaces: null,
      endsAt,
    } as const;
    const { secret } = await sessionFor(stage.api, grant);
    const asked = async (headers: Record<string, string>) =>
      await stage.api.call('GET', '/api/billing/live', {
        headers: { upgrade: 'websocket', cookie: `${cookieName}=${secret}`, ...headers },
      });
    for (const headers of [{}, { origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await asked(headers);
      expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'cross_site' }]);
    }
    watcherOf(await asked({ origin: 'https://api.test' }));
  });

  it('one too many of one person, while others still come in', async () => {
    for (let i = 0; i < 25; i++) await watch(orgAdmin(mine.organisationId, { subject: 'many' }));
    const many = orgAdmin(mine.organisationId, { subject: 'many' });
    expect(await refusal(upgrade, many)).toEqual({ status: 429, code: 'too_many_sockets' });
    await watch(orgAdmin(mine.organisationId, { subject: 'other' }));
  });

  it('two tokens that differ, and one that nobody has', async () => {
    const headers = { ...upgrade, 'sec-websocket-protocol': `bearer.${rootToken}` };
    const path = `/api/billing/live?organisation=${mine.slug}`;
    expect((await stage.api.call('GET', path, { headers, token: `${rootToken}0` })).status).toBe(401);
    expect((await stage.api.call('GET', path, { headers: upgrade })).status).toBe(401);
    const elsewhere = { 'sec-websocket-protocol': `bearer.${rootToken}` };
    expect((await stage.api.call('GET', path, { headers: elsewhere })).status).toBe(401);
  });

  it('is given the sub-protocol of ours before the one that holds the token', async () => {
    const both = { ...upgrade, 'sec-websocket-protocol': 'bearer.x.y.z, tenantry.live' };
    const { response } = await watch(orgAdmin(mine.organisationId), both);
    expect(response.headers.get('sec-websocket-protocol')).toBe('tenantry.live');
    const alone = await watch(orgAdmin(mine.organisationId), { ...upgrade, 'sec-websocket-protocol': 'bearer.x.y.z' });
    expect(alone.response.headers.get('sec-websocket-protocol')).toBe('bearer.x.y.z');
  });
});
