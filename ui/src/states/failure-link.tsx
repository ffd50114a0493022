/** Where somebody settles what a call failed of: the payment to confirm, or Stripe's portal. */
import type { ApiFailure } from '../../../src/lib/api-client.ts';
import { common } from '../texts/common.ts';
import { webAddress } from './web-address.ts';

const names = ['payment_url', 'portal_url'] as const;

/** Nothing, where the failure names no page. */
export function FailureLink({ failure: { details = {} } }: { failure: ApiFailure }) {
  return (
    <>
      {names.map((name) => {
        const url = webAddress(details[name]);
        return url === null ? null : (
          <p key={name}>
            <a href={url}>{common.failureLinks[name]}</a>
          </p>
        );
      })}
    </>
  );
}
