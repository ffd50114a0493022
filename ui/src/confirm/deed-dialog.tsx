/** The dialog of a Deed: what it will do, a reason for the audit log where one is asked for, and what it failed of. */
import { useState } from 'react';
import type { Route } from '../../../src/contracts/route.ts';
import type { Deed } from '../data/use-deed.ts';
import { ConfirmDeed } from './confirm-deed.tsx';
import type { DeedProps } from './deed.tsx';
import { ReasonField } from './reason-field.tsx';

export interface DeedDialogProps<R extends Route>
  extends Pick<DeedProps<R>, 'label' | 'title' | 'what' | 'reason' | 'input' | 'isDangerous' | 'isReady' | 'onDone'> {
  /** Outlives the dialog: who closes it after a failure and tries the same again does not do it twice. */
  deed: Deed<R>;
  onClose: () => void;
}

export function DeedDialog<R extends Route>(props: DeedDialogProps<R>) {
  const { label, title, what, reason, input, isDangerous = false, isReady = true, onDone, deed, onClose } = props;
  const [written, setWritten] = useState('');
  const said = written.trim();
  const confirm = () =>
    deed.mutate(input(said === '' ? undefined : said), {
      onSuccess: (answer) => {
        onClose();
        onDone?.(answer);
      },
    });
  return (
    <ConfirmDeed
      title={title}
      action={label}
      isDangerous={isDangerous}
      isDisabled={!isReady || (reason === 'needed' && said === '')}
      isPending={deed.isPending}
      error={deed.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      {what}
      {reason === undefined ? null : (
        <ReasonField isNeeded={reason === 'needed'} value={written} onChange={setWritten} />
      )}
    </ConfirmDeed>
  );
}
