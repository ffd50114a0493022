/** What stands where something will be: of its size, so that nothing jumps. */
import { Bullseye, Skeleton, Spinner, Stack, StackItem } from '@patternfly/react-core';
import { common } from '../texts/common.ts';

const linesUsual = 4;

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

/** Some lines of text. */
export function LinesLoading({ count = linesUsual }: { count?: number }) {
  return (
    <Stack hasGutter>
      {Array.from({ length: count }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are nothing but their place
        <StackItem key={line}>
          <LineLoading />
        </StackItem>
      ))}
    </Stack>
  );
}
