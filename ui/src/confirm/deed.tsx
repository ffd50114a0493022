/**
 * A button for something that changes: bound to its route (who may not call it does not see it), with a dialog that says
 * before what will happen, and after it what it failed of.
 */
import { Button, type ButtonProps } from '@patternfly/react-core';
import { lazy, Suspense, useState } from 'react';
import type { Route } from '../../../src/contracts/route.ts';
import { useDeed } from '../data/use-deed.ts';
import { useMay } from '../session/session.tsx';
import type { DeedDialog, SaidDeed } from './deed-dialog.tsx';

export interface DeedProps<R extends Route> extends SaidDeed<R> {
  route: R;
  /** The reads that are asked for again when it is done. */
  changes: readonly Route[];
  variant?: ButtonProps['variant'];
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
