/** Asks for a link by mail. What is said is the same for an email that nobody has. */
import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useState } from 'react';
import { mailLink } from '../../../src/contracts/routes/sessions.ts';
import { useDeed } from '../data/use-deed.ts';
import { signInTexts as texts } from '../texts/sign-in.ts';
import { Field } from './field.tsx';
import { SignInFailure } from './sign-in-failure.tsx';

export function LinkForm() {
  const [email, setEmail] = useState('');
  const { mutate, isPending, error, isSuccess } = useDeed(mailLink);
  if (isSuccess) {
    return (
      <div role="status">
        <Alert isInline variant="success" title={texts.mailed} />
      </div>
    );
  }
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ body: { email } });
      }}
    >
      <SignInFailure error={error} />
      <Field
        id="link-email"
        label={texts.email}
        type="email"
        autoComplete="username"
        value={email}
        onChange={setEmail}
      />
      <ActionGroup>
        <Button type="submit" isLoading={isPending} isDisabled={isPending || email === ''}>
          {texts.mail}
        </Button>
      </ActionGroup>
    </Form>
  );
}
