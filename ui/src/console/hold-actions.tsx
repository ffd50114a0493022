/** Deciding about held lines: one, or those that are chosen. */
import { ActionList, ActionListItem, Button, ToolbarItem } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import {
  listHolds,
  listInvoices,
  readInvoice,
  rejectHold,
  releaseHold,
} from '../../../src/contracts/routes/invoices.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import type { Column } from '../list/columns.ts';
import type { Selection } from '../list/selection.ts';
import { moneyText } from '../money/money-text.ts';
import { useMay } from '../session/session.tsx';
import { holdTexts as texts } from '../texts/console-invoices.ts';

export const holdChanges = [listHolds, listInvoices, readInvoice];
const decisions = ['release', 'reject'] as const;
export type Decision = (typeof decisions)[number];
export const routeOfDecision = { release: releaseHold, reject: rejectHold };

/** What became of lines that were chosen. */
export interface Decided {
  decision: Decision;
  done: number;
  /** Lines that were refused, with the API's words. */
  refused: { id: string; line: string; why: string }[];
}

const Dialog = lazy(async () => ({ default: (await import('./hold-dialog.tsx')).HoldDialog }));

/** A line and its amount, as dialogs say it. */
export const saidOf = ({ line: { description, amount_cents } }: HeldLineView): string =>
  texts.amount(description, moneyText(amount_cents));

const sumOf = (held: readonly HeldLineView[]): string =>
  moneyText(held.reduce((sum, { line }) => sum + line.amount_cents, 0));

function OneHold({ held }: { held: HeldLineView }) {
  const params = { lineId: held.hold_id };
  return (
    <ActionList className="tenantry-actions">
      {decisions.map((decision) => (
        <ActionListItem key={decision}>
          <Deed
            route={routeOfDecision[decision]}
            label={texts[decision].one}
            title={texts[decision].title(1)}
            what={<Words of={[saidOf(held), ...texts[decision].what]} />}
            reason="needed"
            isDangerous={decision === 'reject'}
            input={(reason = '') => ({ params, body: { reason } })}
            changes={holdChanges}
          />
        </ActionListItem>
      ))}
    </ActionList>
  );
}

export const holdDoing: Column<HeldLineView> = {
  key: 'actions',
  label: texts.columns.actions,
  always: true,
  cell: (held) => <OneHold held={held} />,
};

export interface ChosenHoldsProps {
  selection: Selection<HeldLineView>;
  onDecided: (decided: Decided) => void;
}

export function ChosenHolds({ selection, onDecided }: ChosenHoldsProps) {
  const mayCall = useMay();
  const [open, setOpen] = useState<Decision | null>(null);
  const chosen = [...selection.chosen.values()];
  if (chosen.length === 0) return null;
  return (
    <>
      {decisions
        .filter((decision) => mayCall(routeOfDecision[decision]))
        .map((decision) => (
          <ToolbarItem key={decision}>
            <Button
              variant="secondary"
              isDanger={decision === 'reject'}
              data-operation={routeOfDecision[decision].operation}
              onClick={() => setOpen(decision)}
            >
              {texts[decision].many(chosen.length, sumOf(chosen))}
            </Button>
          </ToolbarItem>
        ))}
      <ToolbarItem>
        <Button variant="link" onClick={selection.clear}>
          {texts.clear}
        </Button>
      </ToolbarItem>
      {open === null ? null : (
        <Suspense fallback={null}>
          <Dialog
            decision={open}
            chosen={chosen}
            onClose={() => setOpen(null)}
            onDecided={(decided) => {
              setOpen(null);
              selection.clear();
              onDecided(decided);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
