/** Says whether the figures come by themselves or are asked for. */
import { Label } from '@patternfly/react-core';
import { organisationTexts } from '../texts/organisation.ts';

export function LiveLabel({ isLive }: { isLive: boolean }) {
  return (
    <span role="status">
      <Label isCompact variant="outline" status={isLive ? 'success' : 'info'}>
        {isLive ? organisationTexts.live : organisationTexts.polled}
      </Label>
    </span>
  );
}
