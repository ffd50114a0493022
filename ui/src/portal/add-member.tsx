/** The button that lets somebody sign in for the customer. */
import { useState } from 'react';
import { emailText } from '../../../src/contracts/common.ts';
import { type MemberRole, memberRoles } from '../../../src/contracts/route.ts';
import { addMember, listMembers } from '../../../src/contracts/routes/sessions.ts';
import { memberRole } from '../../../src/contracts/sessions.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { FilterSelect } from '../list/filter-select.tsx';
import { accountTexts } from '../texts/portal-account.ts';
import { useCustomer } from './customer.ts';

const texts = accountTexts.members;
const roles = memberRoles.map((value) => ({ value, label: texts.roles[value] }));

export function AddMember() {
  const params = useCustomer();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<MemberRole>('viewer');
  return (
    <Deed
      route={addMember}
      label={texts.add}
      title={texts.addTitle}
      what={
        <>
          <p>{texts.addWhat}</p>
          <LineField label={texts.email} type="email" value={email} onChange={setEmail} />
          <FilterSelect
            label={texts.role}
            value={role}
            options={roles}
            onChange={(next) => setRole(memberRole.parse(next))}
          />
        </>
      }
      variant="primary"
      isReady={emailText.safeParse(email).success}
      input={() => ({ params, body: { email: email.trim(), role } })}
      changes={[listMembers]}
      onDone={() => setEmail('')}
    />
  );
}
