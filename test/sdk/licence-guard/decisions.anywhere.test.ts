/** What a guard answers to a host: features, limits, seed words of the 403, the days without a licence, advisory mode. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Guard, type GuardOptions, openGuard, type Refusal } from '../../../sdk/licence-guard/src/guard.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import { claims, customerId, dayMs, issuer, newKey, type SigningKey, signAs, startMs } from './issuer.ts';

let key: SigningKey;
beforeAll(async () => {
  key = await newKey();
});

let now = startMs;
const guardWith = async (licence: object | null, more: Partial<GuardOptions> = {}): Promise<Guard> => {
  now = startMs;
  return openGuard({
    api: issuer,
    customerId,
    keys: { pem: key.pem },
    licence: licence === null ? undefined : await signAs(key, licence),
    store: memoryStore(),
    now: () => now,
    ...more,
  });
};

describe('an instance with a licence', () => {
  it('has what the licence names, and more of nothing', async () => {
    const guard = await guardWith(claims);
    const features = ['canExportData', 'hasCustomBranding', 'dataRetentionDays', 'canTeleport', 'constructor'];
    expect(features.map((name) => guard.feature(name))).toEqual([true, false, true, false, false]);
    const limits = ['maxDevices', 'maxUsers', 'maxDashboards', 'maxPlanets', 'canExportData', 'hasCustomBranding'];
    const none = Number.POSITIVE_INFINITY;
    expect(limits.map((name) => guard.limit(name))).toEqual([50, 15, none, none, none, 0]);
    expect(guard.state()).toMatchObject({
      mode: 'licensed',
      code: 'valid',
      plan: 'professional',
      unlicensedUntil: null,
    });
    expect(guard.state().licence).toEqual(claims);
  });

  it('is told that the device limit is reached in the words of the guide', async () => {
    const guard = await guardWith(claims);
    expect(guard.checkLimit('maxDevices', 49)).toEqual({ allowed: true, refusal: null });
    expect(guard.checkLimit('maxDevices', 50)).toEqual({
      allowed: false,
      refusal: {
        error: 'Device limit exceeded',
        message:
          'Your professional plan allows a maximum of 50 devices. You currently have 50 active devices. Please upgrade your plan to add more devices.',
        details: { currentDevices: 50, maxDevices: 50, plan: 'professional' },
      },
    });
  });

  it.each([
    [
      'maxAlertRules',
      100,
      'Alert rule limit exceeded',
      'a maximum of 100 alert rules. You currently have 100 alert rules.',
    ],
    ['maxUsers', 16, 'User limit exceeded', 'a maximum of 15 users. You currently have 16 users.'],
  ])('is told the same of %s', async (name, current, error, words) => {
    const { refusal } = (await guardWith(claims)).checkLimit(name, current);
    expect(refusal).toMatchObject({ error, message: expect.stringContaining(words) as string });
  });

  it('is told one of one', async () => {
    const guard = await guardWith({ ...claims, features: { maxDevices: 1 } });
    expect(guard.checkLimit('maxDevices', 1).refusal?.message).toContain(
      'a maximum of 1 device. You currently have 1 active device.',
    );
  });

  it('adds without end where the limit is null, and nothing where the count is no number', async () => {
    const guard = await guardWith(claims);
    expect(guard.checkLimit('maxDashboards', 1e9).allowed).toBe(true);
    expect(guard.checkLimit('maxDashboards', Number.NaN).allowed).toBe(true);
    expect(guard.checkLimit('maxDevices', Number.NaN).allowed).toBe(false);
  });

  it('is told which feature its plan lacks', async () => {
    expect((await guardWith(claims)).checkFeature('hasCustomBranding')).toEqual({
      allowed: false,
      refusal: {
        error: 'Feature not available',
        message: 'Your professional plan does not include "custom branding". Please upgrade your plan to use it.',
        details: { feature: 'hasCustomBranding', plan: 'professional' },
      },
    });
  });
});

describe('an instance without a licence', () => {
  const table = ['canExecuteJobs', 'canScheduleJobs', 'hasRemoteAccess', 'hasOtaUpdates', 'canExportData'];
  const answers = (guard: Guard) => [guard.limit('maxDevices'), ...table.map((name) => guard.feature(name))];

  it('has two devices, jobs and remote access for seven days, and then nothing', async () => {
    const guard = await guardWith(null);
    expect(answers(guard)).toEqual([2, true, false, true, false, false]);
    expect(guard.state()).toMatchObject({ mode: 'unlicensed', code: 'no_licence', plan: 'unlicensed', licence: null });
    expect(guard.state().unlicensedUntil).toBe(startMs + 7 * dayMs);
    now = startMs + 7 * dayMs - 1;
    expect(answers(guard)).toEqual([2, true, false, true, false, false]);
    now = startMs + 7 * dayMs;
    expect(answers(guard)).toEqual([0, false, false, false, false, false]);
    expect(guard.limit('maxUsers')).toBe(0);
  });

  it('counts the days from its first start, however often it starts', async () => {
    const store = memoryStore();
    await guardWith(null, { store });
    const later = await openGuard({
      api: issuer,
      customerId,
      keys: { pem: key.pem },
      store,
      now: () => startMs + 8 * dayMs,
    });
    expect(later.limit('maxDevices')).toBe(0);
    expect(later.state().unlicensedUntil).toBe(startMs + 7 * dayMs);
  });

  it('is told why', async () => {
    const guard = await guardWith({ ...claims, exp: startMs / 1000 });
    const message =
      'Without a valid licence this instance allows a maximum of 2 devices. You currently have 2 active devices. A valid licence is needed to add more devices.';
    expect(guard.checkLimit('maxDevices', 2).refusal).toEqual({
      error: 'Device limit exceeded',
      message,
      details: { currentDevices: 2, maxDevices: 2, plan: 'unlicensed', licence: 'expired' },
    });
    now = startMs + 7 * dayMs;
    expect(guard.checkLimit('maxDevices', 0).refusal?.message).toBe(
      'The 7 days without a valid licence are over. A valid licence is needed to add devices.',
    );
    expect(guard.checkFeature('canExecuteJobs').refusal?.message).toContain('are over');
  });

  it('has its licence to the second in which it ends', async () => {
    const guard = await guardWith(claims);
    now = claims.exp * 1000 - 1;
    expect(guard.state().code).toBe('valid');
    now = claims.exp * 1000;
    expect(guard.state()).toMatchObject({ mode: 'unlicensed', code: 'expired', licence: { plan: 'professional' } });
  });

  it('cannot make a licence last by a clock that is set back behind its own signature', async () => {
    const guard = await guardWith({ ...claims, iat: startMs / 1000 + 100, exp: startMs / 1000 + 50 });
    expect(guard.state().code).toBe('expired');
  });
});

describe('advisory mode', () => {
  it('refuses nothing, and says what it would have refused', async () => {
    const refusals: Refusal[] = [];
    const onRefusal = (refusal: Refusal) => refusals.push(refusal);
    const guard = await guardWith(null, { enforcement: 'advisory', onRefusal });
    now = startMs + 30 * dayMs;
    expect([guard.feature('canExportData'), guard.limit('maxDevices')]).toEqual([true, Number.POSITIVE_INFINITY]);
    const decision = guard.checkLimit('maxDevices', 5);
    expect(decision).toMatchObject({ allowed: true, refusal: { error: 'Device limit exceeded' } });
    expect(guard.checkFeature('canExportData')).toMatchObject({
      allowed: true,
      refusal: { error: 'Feature not available' },
    });
    expect(refusals).toHaveLength(2);
    expect(refusals[0]).toBe(decision.refusal);
    expect(guard.state()).toMatchObject({ mode: 'unlicensed', features: { maxDevices: 0 } });
  });
});

describe('a host', () => {
  it('is told when what it may do has changed, once', async () => {
    const changes: string[] = [];
    const guard = await guardWith(claims, { onChange: ({ mode, code }) => changes.push(`${mode} ${code}`) });
    guard.feature('canExportData');
    now = claims.exp * 1000;
    guard.feature('canExportData');
    guard.feature('canExportData');
    expect(changes).toEqual(['unlicensed expired']);
  });

  it('is answered though a callback of its own fails', async () => {
    const fails = () => {
      throw new Error('no log');
    };
    const guard = await guardWith(null, { onRefusal: fails, onChange: fails, onProblem: fails });
    expect(guard.checkFeature('canExportData').allowed).toBe(false);
    expect(guard.state().problem).toContain('no log');
  });

  it.each([
    ['neither keys nor a key to ask with', {}],
    ['an address that is no URL', { api: 'billing', apiKey: 'key' }],
    ['keys to be taken without TLS', { api: 'http://billing.example.com', apiKey: 'key' }],
  ])('is refused at the start with %s', async (_what, options) => {
    const opened = openGuard({ api: issuer, customerId, store: memoryStore(), ...options });
    await expect(opened).rejects.toThrow(/licence-guard|URL/);
  });
});
