/** With an admin token, typed once. */
import { ActionGroup, Button, Form } from '@patternfly/react-core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { homeOf, ownPath } from '../session/return-to.ts';
import { signInTexts as texts } from '../texts/sign-in.ts';
import { Field } from './field.tsx';
import { SignInFailure } from './sign-in-failure.tsx';
import { startAddress } from './start-address.ts';
import { useSignIn } from './use-sign-in.ts';

export function TokenForm() {
  const [token, setToken] = useState('');
  const { submit, isPending, error } = useSignIn();
  const [query] = useSearchParams();
  const returnTo = ownPath(query.get('return_to')) ?? homeOf('admin');
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        submit({ admin_token: token });
      }}
    >
      <SignInFailure error={error} />
      <Field
        id="admin-token"
        label={texts.token}
        help={texts.tokenHelp}
        type="password"
        autoComplete="off"
        value={token}
        onChange={setToken}
      />
      <ActionGroup>
        <Button type="submit" isLoading={isPending} isDisabled={isPending || token === ''}>
          {texts.submit}
        </Button>
        <Button variant="link" component="a" href={startAddress({ staff: 'true' }, returnTo)}>
          {texts.asStaff}
        </Button>
      </ActionGroup>
    </Form>
  );
}
