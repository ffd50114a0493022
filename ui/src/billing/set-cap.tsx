/** The button that sets, raises or lowers the spend cap. */
import { useState } from 'react';
import { readSpendCap, setSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { type CapView, capAction, capBody } from '../../../src/contracts/spend-caps.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { billingTexts } from '../texts/billing.ts';

const texts = billingTexts.cap;
const actions = capAction.options.map((value) => ({ value, label: texts.actionNames[value] }));

/** @param cap null where none is set */
export function SetCap({ customerId, cap }: { customerId: string; cap: CapView | null }) {
  const [dollars, setDollars] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const written = dollars ?? (cap === null ? '' : String(cap.cap_cents / 100));
  const action = chosen ?? cap?.action ?? 'suspend';
  const read = capBody.safeParse({ cap_cents: Math.round(Number(written) * 100), action });
  return (
    <Deed
      route={setSpendCap}
      label={texts.set}
      title={texts.setTitle}
      what={
        <>
          <p>{texts.setWhat}</p>
          <LineField label={texts.dollars} type="number" value={written} onChange={setDollars} />
          <ChoiceField label={texts.action} value={action} options={actions} onChange={setChosen} />
          <p>{texts.actions[capAction.parse(action)]}</p>
        </>
      }
      isReady={read.success}
      input={() => ({
        params: { customerId },
        body: capBody.parse({ cap_cents: Math.round(Number(written) * 100), action }),
      })}
      changes={[readSpendCap, readSubscription]}
      onDone={() => {
        setDollars(null);
        setChosen(null);
      }}
    />
  );
}
