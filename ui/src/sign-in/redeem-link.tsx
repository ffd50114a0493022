/** Uses a mailed link when its reader says so: programs that open every link of a mail use none up. */
import { Button, Stack, StackItem } from '@patternfly/react-core';
import { signInTexts as texts } from '../texts/sign-in.ts';
import { SignInFailure } from './sign-in-failure.tsx';
import { useSignIn } from './use-sign-in.ts';

export function RedeemLink({ link }: { link: string }) {
  const { submit, isPending, error, answer } = useSignIn();
  const choices = answer && 'choose' in answer ? answer.choose : null;
  return (
    <Stack hasGutter>
      <SignInFailure error={error} wrong={texts.linkUsed} />
      {choices === null ? (
        <StackItem>
          <Button isLoading={isPending} isDisabled={isPending} onClick={() => submit({ link })}>
            {texts.submit}
          </Button>
        </StackItem>
      ) : (
        <>
          <StackItem>
            <h2>{texts.choose}</h2>
            <p>{texts.chooseHelp}</p>
          </StackItem>
          {choices.map(({ customer_id, company_name }) => (
            <StackItem key={customer_id}>
              <Button variant="secondary" isDisabled={isPending} onClick={() => submit({ link, customer_id })}>
                <span className="tenantry-foreign">{company_name}</span>
              </Button>
            </StackItem>
          ))}
        </>
      )}
    </Stack>
  );
}
