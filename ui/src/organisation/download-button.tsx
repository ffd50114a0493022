/** A button that saves a file of the API, and says what that failed of. */
import { Button, Stack, StackItem } from '@patternfly/react-core';
import type { Route } from '../../../src/contracts/route.ts';
import { useMay } from '../session/session.tsx';
import { FailureAlert } from '../states/failure-alert.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { type FileWish, useDownload } from './download.ts';

export interface DownloadButtonProps extends Omit<FileWish, 'route'> {
  route: Route;
  label: string;
  /** What screen readers call it, where several have one label. */
  of?: string;
}

export function DownloadButton({ route, query, name, label, of }: DownloadButtonProps) {
  const mayCall = useMay();
  const download = useDownload();
  if (!mayCall(route)) return null;
  return (
    <Stack hasGutter>
      <StackItem>
        <Button
          variant="secondary"
          aria-label={of === undefined ? label : `${label}: ${of}`}
          isLoading={download.isPending}
          isDisabled={download.isPending}
          spinnerAriaValueText={organisationTexts.exports.preparing}
          data-operation={route.operation}
          onClick={() => download.mutate({ route, query, name })}
        >
          {label}
        </Button>
      </StackItem>
      {download.error === null ? null : (
        <StackItem>
          <FailureAlert failure={download.error.failure} />
        </StackItem>
      )}
    </Stack>
  );
}
