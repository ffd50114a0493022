/** What can be done with an account key that works. */
import { ActionList, ActionListItem } from '@patternfly/react-core';
import { useState } from 'react';
import { type AccountKeyView, overlapSecondsDefault } from '../../../src/contracts/customers.ts';
import { listAccountKeys, revokeAccountKey, rotateAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { Deed } from '../confirm/deed.tsx';
import { FilterSelect } from '../list/filter-select.tsx';
import { accountTexts } from '../texts/portal-account.ts';
import { useCustomer } from './customer.ts';

const texts = accountTexts.keys;
const overlaps = Object.entries(texts.overlaps).map(([value, label]) => ({ value, label }));
const changes = [listAccountKeys];

export interface KeyActionsProps {
  accountKey: AccountKeyView;
  onMade: (secret: string) => void;
}

export function KeyActions({ accountKey, onMade }: KeyActionsProps) {
  const customer = useCustomer();
  const [overlap, setOverlap] = useState(String(overlapSecondsDefault));
  const { key_id: keyId, name, rotated_to } = accountKey;
  const params = { ...customer, keyId };
  const called = name ?? keyId;
  return (
    <ActionList>
      {rotated_to === null ? (
        <ActionListItem>
          <Deed
            route={rotateAccountKey}
            label={texts.rotate}
            title={texts.rotateTitle}
            what={
              <>
                <p className="tenantry-foreign">{texts.rotateWhat(called)}</p>
                <FilterSelect label={texts.overlap} value={overlap} options={overlaps} onChange={setOverlap} />
              </>
            }
            variant="link"
            input={() => ({ params, body: { overlap_seconds: Number(overlap) } })}
            changes={changes}
            onDone={({ api_key }) => onMade(api_key)}
          />
        </ActionListItem>
      ) : null}
      <ActionListItem>
        <Deed
          route={revokeAccountKey}
          label={texts.revoke}
          title={texts.revokeTitle}
          what={<p className="tenantry-foreign">{texts.revokeWhat(called)}</p>}
          variant="link"
          isDangerous
          input={() => ({ params })}
          changes={changes}
        />
      </ActionListItem>
    </ActionList>
  );
}
