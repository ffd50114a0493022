/** What a project's month is made of, by kind of resource: adds up to its total. */

import type { Overview } from '../../../src/contracts/organisation-billing.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { Digits } from '../money/numbers.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { centsOf, Dollars } from './dollars.tsx';
import { Section } from './section.tsx';

const texts = organisationTexts.project;

interface Part {
  name: string;
  cost: number;
  percent: number;
}

const kinds = Object.keys(texts.kinds) as (keyof typeof texts.kinds)[];

const columns: readonly Column<Part>[] = [
  { key: 'kind', label: texts.kind, cell: ({ name }) => name },
  { key: 'cost', label: organisationTexts.cost, cell: ({ cost }) => <Dollars of={cost} /> },
  {
    key: 'share',
    label: organisationTexts.share,
    cell: ({ percent }) => <Digits>{organisationTexts.percent(percent)}</Digits>,
  },
];

export function Breakdown({ overview }: { overview: Overview }) {
  const total = centsOf(overview.billing_summary.current_month_total);
  const parts = kinds.flatMap((kind) => {
    const cost = overview.cost_breakdown[kind];
    if (cost === undefined) return [];
    return [{ name: texts.kinds[kind], cost, percent: (100 * centsOf(cost)) / total }];
  });
  const whole = {
    name: organisationTexts.total,
    cost: overview.billing_summary.current_month_total,
    percent: 100,
  };
  return (
    <Section
      title={texts.breakdown}
      columns={columns}
      idOf={({ name }) => name}
      items={total === 0 ? [] : [...parts, whole]}
      empty={<NothingYet title={texts.noCostTitle}>{texts.noCost}</NothingYet>}
    />
  );
}
