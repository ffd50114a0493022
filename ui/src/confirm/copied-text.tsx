/** A text that is to be copied whole: shown, with a button that does it and says so. */
import { ClipboardCopy } from '@patternfly/react-core';
import { common } from '../texts/common.ts';

const { copy, copied } = common;

export function CopiedText({ label, text }: { label: string; text: string }) {
  return (
    <ClipboardCopy
      isReadOnly
      isCode
      textAriaLabel={label}
      copyAriaLabel={`${copy}: ${label}`}
      hoverTip={copy}
      clickTip={copied}
    >
      {text}
    </ClipboardCopy>
  );
}
