/** Plans, what a file of them changes, and whom, as people read it. Pure. */
import type { z } from 'zod';
import type { CheckAnswer, customerChange } from '../../src/contracts/plan-catalogue.ts';
import type { planItem } from '../../src/contracts/plans.ts';
import { counted, dollars } from './amounts.ts';
import { type Column, tableOf } from './table.ts';

/** `plans.yaml:44: plans.small.order: must be …`, as editors follow it. */
export const issueLines = (file: string, issues: CheckAnswer['issues']): string[] =>
  issues.map(({ path, message, line }) =>
    [line === null ? file : `${file}:${line}`, ...(path === '' ? [] : [path]), message].join(': '),
  );

const diffColumns: readonly Column[] = [{ title: 'plan' }, { title: 'field' }, { title: 'now' }, { title: 'then' }];

/** What a file changes of what is sold. */
export function diffLines(diff: CheckAnswer['diff']): string[] {
  if (diff.length === 0) return ['nothing changes'];
  return tableOf(
    diffColumns,
    diff.map(({ plan, field, before, after }) => [plan, field, before ?? '-', after ?? '-']),
  );
}

const planColumns: readonly Column[] = [
  { title: 'plan' },
  { title: 'version' },
  { title: 'state' },
  { title: 'order', align: 'right' },
  { title: 'fee', align: 'right' },
  { title: 'every' },
  { title: 'subscribers', align: 'right' },
];

/** Every version. */
export const planLines = (items: readonly z.infer<typeof planItem>[]): string[] =>
  items.length === 0
    ? ['no plans: publish a file of them with tenantry plans publish']
    : tableOf(
        planColumns,
        items.map((item) => [
          item.plan,
          item.version,
          item.state,
          String(item.order),
          dollars(item.fee_cents),
          item.interval,
          String(item.subscribers ?? '-'),
        ]),
      );

const topColumns: readonly Column[] = [
  { title: 'customer' },
  { title: 'now', align: 'right' },
  { title: 'then', align: 'right' },
  { title: 'why' },
];

export interface Found {
  customers: number;
  before_cents: number;
  after_cents: number;
  top: readonly z.infer<typeof customerChange>[];
}

/** Whom a simulation changes most, then all of it. */
export function foundLines({ customers, before_cents, after_cents, top }: Found): string[] {
  const rows = top.map((one) => [one.customer_id, dollars(one.before_cents), dollars(one.after_cents), one.why]);
  const sum = `${counted(customers, 'customer')}: ${dollars(before_cents)} now, ${dollars(after_cents)} then`;
  return [...(rows.length === 0 ? ['no bill changes'] : tableOf(topColumns, rows)), sum];
}
