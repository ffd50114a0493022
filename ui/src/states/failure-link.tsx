/** Where somebody settles what a call failed of: the payment to confirm, or Stripe's portal. */
import type { ApiFailure } from '../../../src/lib/api-client.ts';
import { common } from '../texts/common.ts';

const names = ['payment_url', 'portal_url'] as const;

/** The address, where it is one of the web. */
function webAddress(value: unknown): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}

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
