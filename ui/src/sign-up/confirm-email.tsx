/** Makes the account when its reader says so: programs that open every link of a mail use none up. */
import { ActionGroup, Button, Content, Form, Stack, StackItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import { verifySignup } from '../../../src/contracts/routes/customers.ts';
import { CopiedText } from '../confirm/copied-text.tsx';
import { useDeed } from '../data/use-deed.ts';
import { Field } from '../sign-in/field.tsx';
import { SignInFailure } from '../sign-in/sign-in-failure.tsx';
import { signUpTexts as texts } from '../texts/sign-up.ts';

const passwordLengthMin = 8;

export function ConfirmEmail({ secret }: { secret: string }) {
  const [password, setPassword] = useState('');
  const { mutate, isPending, error, data } = useDeed(verifySignup);
  if (data !== undefined) return <Made apiKey={data.api_key} />;
  const isShort = password !== '' && password.length < passwordLengthMin;
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ body: { token: secret, ...(password === '' ? {} : { password }) } });
      }}
    >
      <SignInFailure error={error} wrong={texts.wrong} />
      <Content component="p">{texts.intro}</Content>
      <Field
        id="new-password"
        label={texts.password}
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        help={texts.passwordHelp}
        isRequired={false}
      />
      <ActionGroup>
        <Button type="submit" isLoading={isPending} isDisabled={isPending || isShort}>
          {texts.submit}
        </Button>
      </ActionGroup>
    </Form>
  );
}

function Made({ apiKey }: { apiKey: string }) {
  return (
    <Stack hasGutter>
      <StackItem>
        <div role="status">
          <h2>{texts.doneTitle}</h2>
          <Content component="p">{texts.done}</Content>
        </div>
      </StackItem>
      <StackItem>
        <Content component="p">{texts.keyHint}</Content>
        <CopiedText label={texts.key} text={apiKey} />
      </StackItem>
      <StackItem>
        <Link to="/sign-in">{texts.signIn}</Link>
      </StackItem>
    </Stack>
  );
}
