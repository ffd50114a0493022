/** What stands where something will be: of its size, so that nothing jumps. */
import { Bullseye, Skeleton, Spinner } from '@patternfly/react-core';
import { common } from '../texts/common.ts';

/** A whole page. */
export function PageLoading() {
  return (
    <Bullseye className="tenantry-page-loading">
      <Spinner aria-label={common.loading} />
    </Bullseye>
  );
}

/** One line of text. */
export function LineLoading({ width = '100%' }: { width?: string }) {
  return <Skeleton width={width} screenreaderText={common.loading} />;
}
