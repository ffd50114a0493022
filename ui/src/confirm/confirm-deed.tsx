/** The dialog before a deed: what will happen, then the deed, then what it failed of. */
import { Button, Modal, ModalBody, ModalFooter, ModalHeader, Stack, StackItem } from '@patternfly/react-core';
import { type ReactNode, useId } from 'react';
import type { CallFailed } from '../data/api.ts';
import { FailureAlert } from '../states/failure-alert.tsx';
import { common } from '../texts/common.ts';

export interface ConfirmDeedProps {
  title: string;
  /** What will happen, in words, and fields that it needs. */
  children: ReactNode;
  /** The deed's own word, on its button. */
  action: string;
  isDangerous?: boolean;
  isDisabled?: boolean;
  isPending: boolean;
  error: CallFailed | null;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDeed(props: ConfirmDeedProps) {
  const {
    title,
    children,
    action,
    isDangerous = false,
    isDisabled = false,
    isPending,
    error,
    onConfirm,
    onClose,
  } = props;
  const id = useId();
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby={`${id}title`} aria-describedby={`${id}body`}>
      <ModalHeader title={title} labelId={`${id}title`} {...(isDangerous ? { titleIconVariant: 'warning' } : {})} />
      <ModalBody id={`${id}body`}>
        <Stack hasGutter>
          <StackItem>{children}</StackItem>
          {error === null ? null : (
            <StackItem>
              <FailureAlert failure={error.failure} />
            </StackItem>
          )}
        </Stack>
      </ModalBody>
      <ModalFooter>
        <Button
          variant={isDangerous ? 'danger' : 'primary'}
          isLoading={isPending}
          isDisabled={isPending || isDisabled}
          onClick={onConfirm}
        >
          {action}
        </Button>
        <Button variant="link" onClick={onClose}>
          {common.cancel}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
