/** Where a sign-in at an issuer begins: the Worker leads there, and comes back to a page of ours. */
import { startSignIn } from '../../../src/contracts/routes/sign-in.ts';

export const startAddress = (at: { organisation: string } | { staff: 'true' }, returnTo: string): string =>
  `${startSignIn.path}?${new URLSearchParams({ ...at, return_to: returnTo })}`;
