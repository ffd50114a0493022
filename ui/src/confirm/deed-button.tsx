/** A button bound to the route that it calls: shown to whom the route admits. */
import { Button, type ButtonProps } from '@patternfly/react-core';
import type { Route } from '../../../src/contracts/route.ts';
import { useMay } from '../session/session.tsx';

export interface DeedButtonProps extends Omit<ButtonProps, 'ref'> {
  route: Pick<Route, 'allow' | 'operation'>;
}

/** Its `data-operation` is the route's, by which tests find every such button. */
export function DeedButton({ route, ...rest }: DeedButtonProps) {
  const mayCall = useMay();
  return mayCall(route) ? <Button {...rest} data-operation={route.operation} /> : null;
}
