/** The buttons that give a customer credit and take it back. */
import { useState } from 'react';
import { type CreditEntryView, grantBody, revokeCreditBody } from '../../../src/contracts/credits.ts';
import { grantCredit, listCredits, revokeCredit } from '../../../src/contracts/routes/credits.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { moneyText } from '../money/money-text.ts';
import { billingTexts } from '../texts/billing.ts';

const texts = billingTexts.credit;
const changes = [listCredits];

export function GiveCredit({ customerId }: { customerId: string }) {
  const [dollars, setDollars] = useState('');
  const [lastDay, setLastDay] = useState('');
  const [reason, setReason] = useState('');
  const expires = lastDay === '' ? {} : { expires_at: `${lastDay}T23:59:59.999Z` };
  const read = grantBody.safeParse({ amount_cents: Math.round(Number(dollars) * 100), reason, ...expires });
  const clear = () => {
    setDollars('');
    setLastDay('');
    setReason('');
  };
  return (
    <Deed
      route={grantCredit}
      label={texts.give}
      title={texts.giveTitle}
      what={
        <>
          <p>{texts.giveWhat}</p>
          <LineField label={texts.dollars} type="number" value={dollars} onChange={setDollars} />
          <LineField label={texts.lastDay} type="date" isNeeded={false} value={lastDay} onChange={setLastDay} />
          <LineField label={texts.why} value={reason} onChange={setReason} />
        </>
      }
      isReady={read.success}
      input={() => ({
        params: { customerId },
        body: { amount_cents: Math.round(Number(dollars) * 100), reason, ...expires },
      })}
      changes={changes}
      onDone={clear}
    />
  );
}

/** Of a grant; whether something of it was used the API says. */
export function TakeBack({ customerId, entry }: { customerId: string; entry: CreditEntryView }) {
  const [reason, setReason] = useState('');
  if (entry.kind !== 'grant') return null;
  return (
    <Deed
      route={revokeCredit}
      label={texts.revoke}
      title={texts.revokeTitle}
      what={
        <>
          <p>{texts.revokeWhat(moneyText(entry.amount_cents))}</p>
          <LineField label={texts.why} value={reason} onChange={setReason} />
        </>
      }
      variant="link"
      isDangerous
      isReady={revokeCreditBody.safeParse({ reason }).success}
      input={() => ({ params: { customerId, creditId: entry.credit_id }, body: { reason } })}
      changes={changes}
    />
  );
}
