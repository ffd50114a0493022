/** A new password, and what follows of it. */
import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useState } from 'react';
import { changePassword, listSessions } from '../../../src/contracts/routes/sessions.ts';
import { passwordBody } from '../../../src/contracts/sessions.ts';
import { useDeed } from '../data/use-deed.ts';
import { useMay } from '../session/session.tsx';
import { Field } from '../sign-in/field.tsx';
import { FailureAlert } from '../states/failure-alert.tsx';
import { accountTexts } from '../texts/portal-account.ts';

const texts = accountTexts.signIns;

export function PasswordChange() {
  const mayCall = useMay();
  const change = useDeed(changePassword, [listSessions]);
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  if (!mayCall(changePassword)) return null;
  const body = { ...(old === '' ? {} : { old }), new: next };
  const submit = () =>
    change.mutate(
      { body },
      {
        onSuccess: () => {
          setOld('');
          setNext('');
        },
      },
    );
  return (
    <Form
      isWidthLimited
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {change.error === null ? null : <FailureAlert failure={change.error.failure} />}
      {change.isSuccess ? (
        <div role="status">
          <Alert isInline variant="success" title={texts.changed} />
        </div>
      ) : null}
      <Field
        id="old-password"
        label={texts.old}
        type="password"
        autoComplete="current-password"
        help={texts.oldHelp}
        isRequired={false}
        value={old}
        onChange={setOld}
      />
      <Field
        id="new-password"
        label={texts.new}
        type="password"
        autoComplete="new-password"
        help={texts.newHelp}
        value={next}
        onChange={setNext}
      />
      <ActionGroup>
        <Button
          type="submit"
          data-operation={changePassword.operation}
          isLoading={change.isPending}
          isDisabled={change.isPending || !passwordBody.safeParse(body).success}
        >
          {texts.change}
        </Button>
      </ActionGroup>
    </Form>
  );
}
