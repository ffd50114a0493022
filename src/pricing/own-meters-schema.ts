/**
 * The form of plans.yaml's `meters:`: closed, every scalar as its text. What the words mean together is own-meters.ts'. Pure.
 */
import { z } from 'zod';
import { lineText } from '../contracts/common.ts';
import { ownFields } from '../contracts/own-meters.ts';

const titleCharsMax = 60;
const labelsMax = 8;
const patternCharsMax = 200;

const seriesName = z
  .string()
  .regex(
    /^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/,
    'must be the name of one series, such as gpu_seconds_total: no expression, no braces, no text',
  );
const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, 'must be the name of a label');

/** RE2, as Prometheus reads it, has no looking around and no references back. */
const beyondRe2 = /\(\?(?:[=!]|<[=!])|\\[1-9k]/;

function isPattern(text: string): boolean {
  if (beyondRe2.test(text)) return false;
  try {
    return new RegExp(text, 'u').source !== '';
  } catch {
    return false;
  }
}

const pattern = z
  .string()
  .min(1)
  .max(patternCharsMax)
  .refine(isPattern, 'must be a pattern as Prometheus reads it, such as dcgm-exporter|gpu-.+');

const decimal = String.raw`\d{1,12}(?:\.\d{1,12})?`;
const scale = z
  .string()
  .regex(new RegExp(`^${decimal}(?:/${decimal})?$`), 'must be a decimal such as 0.5 or a fraction such as 1/3600')
  .refine((text) => text.split('/').every((part) => Number(part) > 0), 'must be above zero');

/** `source:` when it is a series; it may also be the word `report`. */
export const writtenSeries = z.strictObject({
  series: seriesName,
  kind: z.enum(['counter', 'gauge']),
  match: z
    .record(labelName, pattern)
    .refine((labels) => Object.keys(labels).length <= labelsMax, `at most ${labelsMax} labels`),
  namespace_label: labelName.default('namespace'),
  scale: scale.default('1'),
});

const word = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, 'must be a word of letters, digits and _, at most 64');

export const ownMetersSection = z.record(
  word,
  z.strictObject({
    field: z.enum(ownFields),
    title: lineText(titleCharsMax),
    unit: z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/, 'must be one word for one of it, such as GPU-hour'),
    adds_up: z.enum(['sum', 'level']),
    source: z.unknown(),
  }),
);
export type WrittenOwnMeters = z.infer<typeof ownMetersSection>;
