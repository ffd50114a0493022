/**
 * The embedded platform's clock on the wire: GET and POST of the ready line's `clock_url`, with `clock_token` as Bearer. A
 * deployed Tenantry has no such address.
 */
import { z } from 'zod';
import { instant } from './common.ts';

/** `real`: what the machine's own clock shows at the arrival; the clock goes with it from then on. */
const target = z.union([z.literal('real'), instant]);

/** How far cron's ticks are apart while the clock is moved. */
export const clockStep = z.enum(['hour', 'day', 'week']);
export type ClockStep = z.infer<typeof clockStep>;

/** `1d` or `12h`: minutes, hours, days, weeks. */
export const stretch = z.string().regex(/^[1-9]\d{0,4}[mhdw]$/, 'must be a stretch of time, e.g. 30m, 12h, 1d or 2w');

/**
 * POST: moves the clock, by a stretch or to an instant, never backwards; answered when it has arrived. `hold` alone stops it, or
 * lets it run again; with a move it says which of the two follows. Nothing that is deployed works while it stands.
 */
export const clockMove = z
  .strictObject({
    advance: stretch.optional(),
    to: target.optional(),
    step: clockStep.optional(),
    hold: z.boolean().optional(),
  })
  .refine(({ advance, to }) => advance === undefined || to === undefined, 'advance or to, not both')
  .refine(
    ({ advance, to, hold }) => advance !== undefined || to !== undefined || hold !== undefined,
    'advance, to or hold is required',
  );
export type ClockMove = z.infer<typeof clockMove>;

/** GET and POST: `moved_ms` is how far it is ahead of the machine's clock; `moving_to` is null when it is not on its way. */
export const clockAnswer = z.object({
  now: z.string(),
  moved_ms: z.number().int(),
  held: z.boolean(),
  moving_to: z.string().nullable(),
});
export type ClockAnswer = z.infer<typeof clockAnswer>;

/** What is refused: `message` is for people. */
export const clockRefusal = z.object({ message: z.string() });
