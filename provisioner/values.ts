/**
 * Values for the chart as text. JSON is YAML, and quotes everything: no name that a customer chose can be read as anything
 * else. Never `--set`, which parses commas and braces, and never a file, which a kill would leave behind: Helm reads it from
 * stdin. A text that a kill cuts off lacks its closing brace, which Helm refuses; no text at all is nobody's values.
 */
import type { ChartValues, Phase } from '../src/contracts/jobs.ts';

/** What a YAML reader refuses raw, or takes for a line break, though JSON allows it: DEL and C1, separators, BOM, non-characters. */
const notPlain = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** JSON that every YAML reader takes as the same values. Halves of surrogate pairs become U+FFFD. */
export function toValuesText(values: unknown): string {
  const wellFormed = JSON.stringify(values, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  return wellFormed.replace(notPlain, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The job's values with what this provisioner knows better: its own base domain, and that the phase decides `suspended`. */
export const finalValues = (values: ChartValues, phase: Phase, baseDomain: string | undefined): ChartValues => ({
  ...values,
  suspended: phase === 'suspended',
  baseDomain: baseDomain ?? values.baseDomain,
});
