/** With an organisation's own sign-in page, which the Worker leads to and comes back from. */
import { ActionGroup, Button, Form } from '@patternfly/react-core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { homeOf, ownPath } from '../session/return-to.ts';
import { signInTexts as texts } from '../texts/sign-in.ts';
import { Field } from './field.tsx';
import { startAddress } from './start-address.ts';

export function OrganisationForm() {
  const [slug, setSlug] = useState('');
  const [query] = useSearchParams();
  const returnTo = ownPath(query.get('return_to')) ?? homeOf('person');
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        window.location.assign(startAddress({ organisation: slug.trim() }, returnTo));
      }}
    >
      <Field
        id="organisation"
        label={texts.organisation}
        help={texts.organisationHelp}
        autoComplete="organization"
        value={slug}
        onChange={setSlug}
      />
      <ActionGroup>
        <Button type="submit" isDisabled={slug.trim() === ''}>
          {texts.continue}
        </Button>
      </ActionGroup>
    </Form>
  );
}
