/** The dialog before several held lines are decided about: each is a call of its own, and one that is refused stops no other. */
import { List, ListItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import { ConfirmDeed } from '../confirm/confirm-deed.tsx';
import { ReasonField } from '../confirm/reason-field.tsx';
import { Words } from '../confirm/words.tsx';
import { CallFailed } from '../data/api.ts';
import { useDeed } from '../data/use-deed.ts';
import { holdTexts as texts } from '../texts/console-invoices.ts';
import { type Decided, type Decision, holdChanges, routeOfDecision, saidOf, sumOf } from './hold-decisions.ts';

export interface HoldDialogProps {
  decision: Decision;
  chosen: readonly HeldLineView[];
  onClose: () => void;
  onDecided: (decided: Decided) => void;
}

export function HoldDialog({ decision, chosen, onClose, onDecided }: HoldDialogProps) {
  const [reason, setReason] = useState('');
  const [isPending, setPending] = useState(false);
  const deed = useDeed(routeOfDecision[decision], holdChanges);
  const said = reason.trim();
  const confirm = async () => {
    setPending(true);
    const refused: Decided['refused'] = [];
    for (const held of chosen) {
      try {
        await deed.mutateAsync({ params: { lineId: held.hold_id }, body: { reason: said } });
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        refused.push({ id: held.hold_id, line: saidOf(held), why: error.message });
      }
    }
    onDecided({ decision, done: chosen.length - refused.length, refused });
  };
  return (
    <ConfirmDeed
      title={texts[decision].title(chosen.length)}
      action={texts[decision].many(chosen.length, sumOf(chosen))}
      isDangerous={decision === 'reject'}
      isDisabled={said === ''}
      isPending={isPending}
      error={null}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <Words of={texts[decision].what} />
      <List>
        {chosen.map((held) => (
          <ListItem key={held.hold_id} className="tenantry-foreign">
            {saidOf(held)}
          </ListItem>
        ))}
      </List>
      <ReasonField isNeeded value={reason} onChange={setReason} />
    </ConfirmDeed>
  );
}
