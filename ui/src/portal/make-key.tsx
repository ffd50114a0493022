/** The button that makes a further account key. */
import { FormGroup, TextInput } from '@patternfly/react-core';
import { useId, useState } from 'react';
import { listAccountKeys, makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { Deed } from '../confirm/deed.tsx';
import { portalTexts } from '../texts/portal.ts';
import { useCustomer } from './customer.ts';

const texts = portalTexts.keys;
const nameCharsMax = 100;

export function MakeKey({ onMade }: { onMade: (secret: string) => void }) {
  const params = useCustomer();
  const id = useId();
  const [name, setName] = useState('');
  const said = name.trim();
  return (
    <Deed
      route={makeAccountKey}
      label={texts.make}
      title={texts.makeTitle}
      what={
        <>
          <p>{texts.makeWhat}</p>
          <FormGroup label={texts.nameField} fieldId={id}>
            <TextInput id={id} value={name} maxLength={nameCharsMax} onChange={(_, next) => setName(next)} />
          </FormGroup>
        </>
      }
      variant="primary"
      input={() => ({ params, body: said === '' ? {} : { name: said } })}
      changes={[listAccountKeys]}
      onDone={({ api_key }) => {
        setName('');
        onMade(api_key);
      }}
    />
  );
}
