/** The button that makes a further account key. */
import { useState } from 'react';
import { listAccountKeys, makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { accountTexts } from '../texts/portal-account.ts';
import { useCustomer } from './customer.ts';

const texts = accountTexts.keys;
const nameCharsMax = 100;

export function MakeKey({ onMade }: { onMade: (secret: string) => void }) {
  const params = useCustomer();
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
          <LineField label={texts.nameField} value={name} charsMax={nameCharsMax} isNeeded={false} onChange={setName} />
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
