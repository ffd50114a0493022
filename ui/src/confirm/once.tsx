/** A secret that the API shows once: it stays until it is closed, and can be copied. */
import { Alert, AlertActionCloseButton, ClipboardCopy } from '@patternfly/react-core';
import { common as texts } from '../texts/common.ts';

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
        <ClipboardCopy isReadOnly textAriaLabel={label} hoverTip={texts.copy} clickTip={texts.copied}>
          {secret}
        </ClipboardCopy>
      </Alert>
    </div>
  );
}
