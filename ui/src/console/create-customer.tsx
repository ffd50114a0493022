/** Creating a customer, as by signing up. */
import { useState } from 'react';
import { createCustomer, listCustomers } from '../../../src/contracts/routes/customers.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { customerTexts } from '../texts/console-customers.ts';

const texts = customerTexts.create;
const begin = { email: '', company: '' };

export interface CreateCustomerProps {
  plans: readonly { value: string; label: string }[];
  onSecret: (secret: string) => void;
}

export function CreateCustomer({ plans, onSecret }: CreateCustomerProps) {
  const [form, setForm] = useState(begin);
  const [chosen, setChosen] = useState<string | null>(null);
  const plan = chosen ?? plans[0]?.value;
  return (
    <Deed
      route={createCustomer}
      label={texts.label}
      title={texts.title}
      what={
        <>
          <Words of={texts.what} />
          <LineField
            label={texts.email}
            type="email"
            value={form.email}
            onChange={(email) => setForm({ ...form, email })}
          />
          <LineField label={texts.company} value={form.company} onChange={(company) => setForm({ ...form, company })} />
          <ChoiceField label={customerTexts.plan} value={plan ?? ''} options={plans} onChange={setChosen} />
        </>
      }
      input={() => ({
        body: { email: form.email, company_name: form.company, ...(plan === undefined ? {} : { plan }) },
      })}
      changes={[listCustomers]}
      onDone={({ api_key }) => {
        setForm(begin);
        onSecret(api_key);
      }}
    />
  );
}
