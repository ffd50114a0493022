/** How much of each allowance is used: a bar and its numbers. */
import { Content, Progress, Stack, StackItem } from '@patternfly/react-core';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { quantityText, unitsText } from '../money/quantity-text.ts';
import { portalTexts } from '../texts/portal.ts';
import { type AllowanceUse, allowancesOf } from './allowances.ts';

const texts = portalTexts.allowances;
/** What several meters share, by its name. */
const sharedTexts: Readonly<Record<string, string>> = texts.shared;
/** Percent from which on a bar warns. */
const nearlyAll = 80;

function wordsOf({ used, size, unit, isPeak }: AllowanceUse): string {
  if (size === null) return texts.unlimited(quantityText(used), unitsText(unit, used));
  if (size === 0) return texts.nothing(quantityText(used), unitsText(unit, used));
  return texts.of(quantityText(used), quantityText(size), unitsText(isPeak ? unit.replace(/-month$/, '') : unit, size));
}

function percentOf({ used, size }: AllowanceUse): number {
  if (size === null) return 0;
  if (size === 0) return used > 0 ? 100 : 0;
  return Math.min((used / size) * 100, 100);
}

function Bar({ use }: { use: AllowanceUse }) {
  const percent = percentOf(use);
  const words = wordsOf(use);
  const notes = [
    ...(use.billable > 0 ? [texts.above(quantityText(use.billable), unitsText(use.unit, use.billable))] : []),
    ...(use.isPeak ? [texts.peak] : []),
  ];
  const variant = use.billable > 0 ? 'danger' : percent >= nearlyAll ? 'warning' : undefined;
  return (
    <>
      <Progress
        title={sharedTexts[use.key] ?? use.description}
        value={percent}
        label={words}
        valueText={words}
        measureLocation="top"
        {...(variant ? { variant } : {})}
      />
      {notes.length === 0 ? null : <Content component="small">{notes.join('. ')}</Content>}
    </>
  );
}

export function AllowanceBars({ cost }: { cost: CostAnswer }) {
  const uses = allowancesOf(cost.lines);
  if (uses.length === 0) return <NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>;
  return (
    <Stack hasGutter>
      <StackItem>{texts.intro}</StackItem>
      {uses.map((use) => (
        <StackItem key={use.key}>
          <Bar use={use} />
        </StackItem>
      ))}
    </Stack>
  );
}
