/**
 * Meters of the operator's own: what plans.yaml says of each (`meters:`), and what the API tells whoever measures or shows
 * them. The file and the wire use the same words.
 */
import { z } from 'zod';
import type { QuantityField } from './usage.ts';

/** The wire fields that carry them. */
export const ownFields = [
  'custom_1',
  'custom_2',
  'custom_3',
  'custom_4',
  'custom_5',
] as const satisfies readonly QuantityField[];
export type OwnField = (typeof ownFields)[number];

/** A series that exporters read. `match` is by label, RE2, anchored; `scale` a decimal or a fraction, units in one of the series'. */
const seriesSource = z.object({
  series: z.string(),
  kind: z.enum(['counter', 'gauge']),
  match: z.record(z.string(), z.string()),
  namespace_label: z.string(),
  scale: z.string(),
});
export type SeriesSource = z.infer<typeof seriesSource>;

const described = z.object({
  field: z.enum(ownFields),
  /** Its name in price lists, allowances and on a line. */
  meter: z.string(),
  /** Its name on dashboards and bills. */
  title: z.string(),
  unit: z.string(),
  /** `sum`: windows add up. `level`: the highest counts, summed over instances. */
  adds_up: z.enum(['sum', 'level']),
});

/** One meter of the operator's own. */
export const ownMeter = described.extend({ source: z.union([z.literal('report'), seriesSource]) });
export type OwnMeter = z.infer<typeof ownMeter>;

/** One that exporters measure. */
export type MeasuredMeter = Omit<OwnMeter, 'source'> & { source: SeriesSource };

/** GET /api/usage/:customerId/meters, by field. An account is not told where a quantity comes from: null. */
export const ownMeterList = z.object({ items: z.array(ownMeter.extend({ source: ownMeter.shape.source.nullable() })) });
export type OwnMeterList = z.infer<typeof ownMeterList>;
