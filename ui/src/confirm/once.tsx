/** A secret that the API shows once: it stays until it is closed, and can be copied. */
import { Alert, AlertActionCloseButton } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import { LineLoading } from '../states/loading.tsx';
import { common as texts } from '../texts/common.ts';

/** Of nobody's first look. */
const CopiedText = lazy(async () => ({ default: (await import('./copied-text.tsx')).CopiedText }));

export interface OnceProps {
  /** What it is, for screen readers. */
  label: string;
  /** Null: there is nothing to show. */
  secret: string | null;
  onClose: () => void;
}

export function Once({ label, secret, onClose }: OnceProps) {
  if (secret === null) return null;
  return (
    <div role="status">
      <Alert
        isInline
        variant="success"
        title={texts.onceTitle}
        actionClose={<AlertActionCloseButton onClose={onClose} />}
      >
        <p>{texts.onceHint}</p>
        <Suspense fallback={<LineLoading />}>
          <CopiedText label={label} text={secret} />
        </Suspense>
      </Alert>
    </div>
  );
}
