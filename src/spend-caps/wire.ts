/** A spend cap, as the API answers it. */
import type { CapView } from '../contracts/spend-caps.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import type { ShownCap } from '../workflows/subscriptions/show-cap.ts';
import { percentOf } from './spend-cap.ts';

export const toCap = ({ cap, usedCents, period, overshootCents, unboundedSince, events }: ShownCap): CapView => ({
  cap_cents: cap.capCents,
  action: cap.action,
  used_cents: usedCents,
  used_percent: percentOf(usedCents, cap.capCents),
  overshoot_cents: overshootCents,
  unbounded_since: isoOrNull(unboundedSince),
  state: cap.state,
  reached_at: isoOrNull(cap.reachedAt),
  period: { start: iso(period.start), end: iso(period.end) },
  events: events.map(({ kind, at, capCents, action, usedCents: used, percent }) => ({
    kind,
    at: iso(at),
    cap_cents: capCents,
    action,
    used_cents: used,
    percent,
  })),
});
