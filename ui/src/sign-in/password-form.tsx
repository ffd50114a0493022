/** With the email and password of a customer's member. */
import { ActionGroup, Button, Form } from '@patternfly/react-core';
import { useState } from 'react';
import { signInTexts as texts } from '../texts/sign-in.ts';
import { Field } from './field.tsx';
import { SignInFailure } from './sign-in-failure.tsx';
import { useSignIn } from './use-sign-in.ts';

export function PasswordForm() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { submit, isPending, error } = useSignIn();
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        submit({ email, password });
      }}
    >
      <SignInFailure error={error} />
      <Field id="email" label={texts.email} type="email" autoComplete="username" value={email} onChange={setEmail} />
      <Field
        id="password"
        label={texts.password}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <ActionGroup>
        <Button type="submit" isLoading={isPending} isDisabled={isPending || email === '' || password === ''}>
          {texts.submit}
        </Button>
      </ActionGroup>
    </Form>
  );
}
