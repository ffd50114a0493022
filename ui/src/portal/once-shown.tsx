/** A secret that is shown once: it stands in nothing but this dialog, which closes by its own button only. */
import { Button, Content, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useId } from 'react';
import { CopiedText } from '../confirm/copied-text.tsx';
import { accountTexts } from '../texts/portal-account.ts';

const texts = accountTexts.keys;

export function OnceShown({ secret, onKept }: { secret: string; onKept: () => void }) {
  const id = useId();
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
