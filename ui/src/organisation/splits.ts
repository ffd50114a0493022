/** What an organisation's costs over time can be split by. */
import type { InputOf } from '../../../src/contracts/call.ts';
import type { Summary } from '../../../src/contracts/organisation-billing.ts';
import type { readBillingTrends } from '../../../src/contracts/routes/organisation-billing.ts';
import { organisationTexts } from '../texts/organisation.ts';

const texts = organisationTexts.trends;

export interface Split {
  value: NonNullable<NonNullable<InputOf<typeof readBillingTrends>['query']>['by']>;
  label: string;
}

export const byMeter: Split = { value: 'meter', label: texts.byMeter };

/** Project and meter, and each key of the labels that the summary knows. */
export const splitsOf = (summary: Pick<Summary, 'by_label'> | undefined): Split[] => [
  { value: 'project', label: texts.byProject },
  byMeter,
  ...(summary?.by_label ?? []).map(({ key }): Split => ({ value: `label:${key}`, label: texts.byLabel(key) })),
];
