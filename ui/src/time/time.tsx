/** A moment: UTC, with the reader's own time on hover, on focus and for screen readers. */
import { Tooltip } from '@patternfly/react-core';
import { common } from '../texts/common.ts';
import { localText, utcText } from './time-text.ts';

/** @param at an instant of the API; null is shown as a dash */
export function Time({ at }: { at: string | null }) {
  if (at === null) return <>{common.none}</>;
  const ms = Date.parse(at);
  // In a narrow column the day stands above the hour.
  const [day = '', hour = ''] = utcText(ms).split(' ');
  return (
    <Tooltip content={common.local(localText(ms))}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the local time must be reached by keyboard, too */}
      <time dateTime={at} tabIndex={0}>
        <span className="tenantry-time">{day}</span> <span className="tenantry-time">{common.utc(hour)}</span>
      </time>
    </Tooltip>
  );
}
