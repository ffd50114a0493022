/** A secret that is shown once: it stands in nothing but this dialog, which closes by its own button only. */
import { Button, Content, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useId } from 'react';
import { portalTexts } from '../texts/portal.ts';
import { CopiedText } from './copied-text.tsx';

const texts = portalTexts.keys;

export function OnceShown({ secret, onKept }: { secret: string | null; onKept: () => void }) {
  const id = useId();
  if (secret === null) return null;
  return (
    <Modal isOpen variant="medium" aria-labelledby={`${id}title`} aria-describedby={`${id}body`}>
      <ModalHeader title={texts.onceTitle} labelId={`${id}title`} />
      <ModalBody id={`${id}body`}>
        <Content component="p">{texts.onceHint}</Content>
        <CopiedText label={texts.once} text={secret} />
      </ModalBody>
      <ModalFooter>
        <Button onClick={onKept}>{texts.kept}</Button>
      </ModalFooter>
    </Modal>
  );
}
