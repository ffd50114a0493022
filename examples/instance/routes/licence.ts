/** What the instance may do, and what it has reported. */
import { Hono } from 'hono';
import type { Parts } from './parts.ts';

/** JSON knows no infinity: null is no limit, as in the licence. */
const limitOnWire = (limit: number): number | null => (Number.isFinite(limit) ? limit : null);
const isoOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function licenceRoutes({ devices, guard, refreshLicence, usage, broker, administrators }: Parts) {
  const standing = async () => {
    const { mode, code, plan, features, limits, licence, checkedAt, unlicensedUntil, stale, problem } = guard().state();
    const { active, total, openKeys } = await devices.counts();
    return {
      mode,
      code,
      plan,
      devices: { active, total, open_keys: openKeys, limit: limitOnWire(guard().limit('maxDevices')) },
      features,
      limits,
      customer_name: licence?.customerName ?? null,
      expires_at: isoOf(licence === null ? null : licence.exp * 1000),
      unlicensed_until: isoOf(unlicensedUntil),
      checked_at: isoOf(checkedAt),
      stale,
      problem,
    };
  };
  return new Hono()
    .use(administrators)
    .get('/licence', async (context) => context.json(await standing()))
    .post('/licence/refresh', async (context) => {
      await refreshLicence();
      return context.json(await standing());
    })
    .get('/usage', (context) =>
      context.json({
        reporter: usage.reporter?.status() ?? null,
        totals: usage.traffic.totals(),
        broker: broker === null ? null : { connected: broker.connected(), refused: broker.refused() },
      }),
    );
}
