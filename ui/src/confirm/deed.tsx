/**
 * A button for something that changes: bound to its route (who may not call it does not see it), with a dialog that says
 * before what will happen, and after it what it failed of.
 */
import { Button, type ButtonProps } from '@patternfly/react-core';
import { type ReactNode, useState } from 'react';
import type { AnswerTo, InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { useDeed } from '../data/use-deed.ts';
import { useMay } from '../session/session.tsx';
import { ConfirmDeed } from './confirm-deed.tsx';
import { ReasonField } from './reason-field.tsx';

export interface DeedProps<R extends Route> {
  route: R;
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
  /** The reads that are asked for again when it is done. */
  changes: readonly Route[];
  isDangerous?: boolean;
  /** False while fields among `what` lack something. */
  isReady?: boolean;
  variant?: ButtonProps['variant'];
  onDone?: (answer: AnswerTo<R>) => void;
}

export function Deed<R extends Route>(props: DeedProps<R>) {
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
    variant = 'secondary',
    onDone,
  } = props;
  const mayCall = useMay();
  const [isOpen, setOpen] = useState(false);
  const [written, setWritten] = useState('');
  const deed = useDeed(route, changes);
  const said = written.trim();
  if (!mayCall(route)) return null;
  const close = () => {
    setOpen(false);
    setWritten('');
    deed.reset();
  };
  const confirm = () =>
    deed.mutate(input(said === '' ? undefined : said), {
      onSuccess: (answer) => {
        close();
        onDone?.(answer);
      },
    });
  return (
    <>
      <Button variant={variant} isDanger={isDangerous} data-operation={route.operation} onClick={() => setOpen(true)}>
        {label}
      </Button>
      {isOpen ? (
        <ConfirmDeed
          title={title}
          action={label}
          isDangerous={isDangerous}
          isDisabled={!isReady || (reason === 'needed' && said === '')}
          isPending={deed.isPending}
          error={deed.error}
          onConfirm={confirm}
          onClose={close}
        >
          {what}
          {reason === undefined ? null : (
            <ReasonField isNeeded={reason === 'needed'} value={written} onChange={setWritten} />
          )}
        </ConfirmDeed>
      ) : null}
    </>
  );
}
