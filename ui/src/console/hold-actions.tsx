/** Deciding about held lines: one, or those that are chosen. */
import { ActionList, ActionListItem, Button, ToolbarItem } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import type { Column } from '../list/columns.ts';
import type { Selection } from '../list/selection.ts';
import { useMay } from '../session/session.tsx';
import { holdTexts as texts } from '../texts/console-invoices.ts';
import {
  type Decided,
  type Decision,
  decisions,
  holdChanges,
  routeOfDecision,
  saidOf,
  sumOf,
} from './hold-decisions.ts';

const Dialog = lazy(async () => ({ default: (await import('./hold-dialog.tsx')).HoldDialog }));

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
