/** The dialog of a Deed: what it will do, a reason for the audit log where one is asked for, and what it failed of. */
import { type ReactNode, useState } from 'react';
import type { AnswerTo, InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import type { Deed } from '../data/use-deed.ts';
import { ConfirmDeed } from './confirm-deed.tsx';
import { ReasonField } from './reason-field.tsx';

/** A deed as its dialog says it. */
export interface SaidDeed<R extends Route> {
  /** The word on the button, and on the dialog's. */
  label: string;
  /** The question. */
  title: string;
  /** What will happen. */
  what: ReactNode;
  /** Whether a reason for the audit log is asked for. */
  reason?: 'optional' | 'needed';
  /** What the route is called with; `reason` is undefined when none was written. */
  input: (reason: string | undefined) => InputOf<R>;
  isDangerous?: boolean;
  /** False while fields among `what` lack something. */
  isReady?: boolean;
  onDone?: (answer: AnswerTo<R>) => void;
}

export interface DeedDialogProps<R extends Route> extends SaidDeed<R> {
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
