/** The button that makes a further account key. */
import { useState } from 'react';
import { listAccountKeys, makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { expiringAfter, LastDayField } from '../confirm/last-day.tsx';
import { accountTexts } from '../texts/portal-account.ts';
import { useCustomer } from './customer.ts';

const texts = accountTexts.keys;
const nameCharsMax = 100;

export function MakeKey({ onMade }: { onMade: (secret: string) => void }) {
  const params = useCustomer();
  const [name, setName] = useState('');
  const [lastDay, setLastDay] = useState('');
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
          <LastDayField value={lastDay} onChange={setLastDay} />
        </>
      }
      variant="primary"
      input={() => ({ params, body: { ...(said === '' ? {} : { name: said }), ...expiringAfter(lastDay) } })}
      changes={[listAccountKeys]}
      onDone={({ api_key }) => {
        setName('');
        setLastDay('');
        onMade(api_key);
      }}
    />
  );
}
