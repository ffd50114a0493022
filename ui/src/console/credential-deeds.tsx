/** What is done with a credential: an admin token is made, any key or token is rotated and revoked. A secret is shown once. */
import { ActionList, ActionListItem } from '@patternfly/react-core';
import { useState } from 'react';
import type { z } from 'zod';
import { adminRole, type CredentialView } from '../../../src/contracts/credentials.ts';
import { overlapSecondsDefault } from '../../../src/contracts/customers.ts';
import {
  listCredentials,
  makeAdminToken,
  revokeCredential,
  rotateCredential,
} from '../../../src/contracts/routes/credentials.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { expiringAfter, LastDayField } from '../confirm/last-day.tsx';
import { Words } from '../confirm/words.tsx';
import { optionsOf } from '../texts/console-customers.ts';
import { credentialTexts as texts } from '../texts/console-operations.ts';

const changes = [listCredentials];
const roleOptions = optionsOf(texts.roles);
const overlapOptions = optionsOf(texts.overlaps);

/** A secret that was just made, and what it is. */
export interface Shown {
  label: string;
  secret: string;
}

interface Made {
  onMade: (shown: Shown) => void;
}

export function MakeToken({ onMade }: Made) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<z.infer<typeof adminRole>>('viewer');
  const [lastDay, setLastDay] = useState('');
  return (
    <Deed
      route={makeAdminToken}
      label={texts.make.label}
      title={texts.make.title}
      what={
        <>
          <Words of={texts.make.what} />
          <LineField label={texts.make.name} value={name} onChange={setName} />
          <ChoiceField
            label={texts.make.role}
            value={role}
            options={roleOptions}
            onChange={(next) => setRole(adminRole.parse(next))}
          />
          <LastDayField value={lastDay} onChange={setLastDay} />
        </>
      }
      input={() => ({ body: { name, role, ...expiringAfter(lastDay) } })}
      changes={changes}
      onDone={({ token }) => {
        setName('');
        setLastDay('');
        onMade({ label: texts.secret, secret: token });
      }}
    />
  );
}

function Rotate({ credential, onMade }: Made & { credential: CredentialView }) {
  const [overlap, setOverlap] = useState(String(overlapSecondsDefault));
  const { credential_id: credentialId, name } = credential;
  return (
    <Deed
      route={rotateCredential}
      label={texts.rotate.label}
      title={texts.rotate.title}
      what={
        <>
          <Words of={[name ?? credentialId, ...texts.rotate.what]} />
          <ChoiceField label={texts.rotate.overlap} value={overlap} options={overlapOptions} onChange={setOverlap} />
        </>
      }
      input={() => ({ params: { credentialId }, body: { overlap_seconds: Number(overlap) } })}
      changes={changes}
      onDone={({ secret }) => onMade({ label: texts.rotate.secret, secret })}
    />
  );
}

/** Of a credential that nothing ends yet. A session has no secret that anybody could be shown. */
export function CredentialActions({ credential, onMade }: Made & { credential: CredentialView }) {
  const { credential_id: credentialId, kind, name, revoked_at } = credential;
  if (revoked_at !== null) return null;
  return (
    <ActionList>
      {kind === 'session' ? null : (
        <ActionListItem>
          <Rotate credential={credential} onMade={onMade} />
        </ActionListItem>
      )}
      <ActionListItem>
        <Deed
          route={revokeCredential}
          label={texts.revoke.label}
          title={texts.revoke.title}
          what={<Words of={[name ?? credentialId, ...texts.revoke.what]} />}
          isDangerous
          input={() => ({ params: { credentialId } })}
          changes={changes}
        />
      </ActionListItem>
    </ActionList>
  );
}
