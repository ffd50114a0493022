/** How a socket of live figures ends, and what opens none. */
import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { rootToken } from '../../harness/worker/api.ts';
import { callAs, orgAdmin, type Person } from './people.ts';
import {
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

describe('what opens none', () => {
  const refusal = async (headers: Record<string, string>, who = orgAdmin(mine.organisationId)) => {
    const response = await callAs(stage.api, who, 'GET', '/api/billing/live', undefined, headers);
    return { status: response.status, code: ((await response.json()) as { code: string }).code };
  };

  it('a plain request, and a page of another site that has only the cookie', async () => {
    expect(await refusal({})).toEqual({ status: 426, code: 'upgrade_required' });
    const foreign = { upgrade: 'websocket', origin: 'https://evil.test' };
    expect(await refusal(foreign)).toEqual({ status: 403, code: 'cross_site' });
    expect(await refusal({ upgrade: 'websocket' })).toEqual({ status: 403, code: 'cross_site' });
    await watch(orgAdmin(mine.organisationId), { upgrade: 'websocket', origin: 'https://api.test' });
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
