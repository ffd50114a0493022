/**
 * A button for something that changes: bound to its route (who may not call it does not see it), with a dialog that says
 * before what will happen, and after it what it failed of.
 */
import { Button, type ButtonProps } from '@patternfly/react-core';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { AnswerTo, InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { useDeed } from '../data/use-deed.ts';
import { useMay } from '../session/session.tsx';
import type { DeedDialog } from './deed-dialog.tsx';

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

const load = () => import('./deed-dialog.tsx');

/** Loads it before the click that will want it; what fails then is said after the click. */
const ahead = () => void load().catch(() => {});

/** Its modal and fields are of nobody's first look. `lazy` does not know that the dialog is for a route's own types. */
const Dialog = lazy(async () => ({ default: (await load()).DeedDialog })) as unknown as typeof DeedDialog;

export function Deed<R extends Route>({ route, changes, variant = 'secondary', ...dialog }: DeedProps<R>) {
  const { label, isDangerous = false } = dialog;
  const mayCall = useMay();
  const [isOpen, setOpen] = useState(false);
  const deed = useDeed(route, changes);
  if (!mayCall(route)) return null;
  const close = () => {
    setOpen(false);
    deed.reset();
  };
  return (
    <>
      <Button
        variant={variant}
        isDanger={isDangerous}
        data-operation={route.operation}
        onPointerEnter={ahead}
        onClick={() => setOpen(true)}
      >
        {label}
      </Button>
      {isOpen ? (
        <Suspense fallback={null}>
          <Dialog {...dialog} deed={deed} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}
