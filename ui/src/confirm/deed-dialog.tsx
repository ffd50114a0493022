/** The dialog of a Deed: its deed, what it failed of, and a reason for the audit log where one is asked for. */
import { useState } from 'react';
import type { Route } from '../../../src/contracts/route.ts';
import { useDeed } from '../data/use-deed.ts';
import { ConfirmDeed } from './confirm-deed.tsx';
import type { DeedProps } from './deed.tsx';
import { ReasonField } from './reason-field.tsx';

export type DeedDialogProps<R extends Route> = Omit<DeedProps<R>, 'variant'> & { onClose: () => void };

export function DeedDialog<R extends Route>(props: DeedDialogProps<R>) {
  const {
    route,
    label,
    title,
    what,
    reason,
    input,
    changes,
    isDangerous = false,
    isReady = true,
    onDone,
    onClose,
  } = props;
  const [written, setWritten] = useState('');
  const deed = useDeed(route, changes);
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
