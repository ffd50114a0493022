/** The licence in force and every one that was issued; revoking, and issuing anew. */
import { ActionList, ActionListItem, Card, CardBody, CardTitle, Stack, StackItem } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import type { LicenceClaims } from '../../../src/contracts/licences.ts';
import { listAudit } from '../../../src/contracts/routes/audit.ts';
import { listLicences, readLicence, reissueLicences, revokeLicence } from '../../../src/contracts/routes/licences.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { common } from '../texts/common.ts';
import { licenceTexts as texts } from '../texts/console-customer-parts.ts';
import { Time } from '../time/time.tsx';

const changes = [readLicence, listLicences, listAudit];

type Issued = AnswerTo<typeof listLicences>['history'][number];
const columns: readonly Column<Issued>[] = [
  { key: 'at', label: texts.columns.at, cell: ({ generated_at }) => <Time at={generated_at} /> },
  { key: 'action', label: texts.columns.action, cell: ({ action }) => action },
  { key: 'plan', label: texts.columns.plan, cell: ({ plan }) => plan },
  { key: 'revoked', label: texts.columns.revoked, cell: ({ revoked_at }) => <Time at={revoked_at} /> },
  { key: 'reason', label: texts.columns.reason, cell: ({ revoked_reason }) => revoked_reason ?? common.none },
  { key: 'id', label: texts.columns.id, cell: ({ id }) => id },
];

function Entitlements({ of }: { of: LicenceClaims['limits'] }) {
  return (
    <ul>
      {Object.entries(of).map(([name, value]) => (
        <li key={name}>{texts.entitlement(name, value === null ? texts.unlimited : String(value))}</li>
      ))}
    </ul>
  );
}

const instantOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

const factsOf = (claims: LicenceClaims): Fact[] => [
  [texts.facts.plan, claims.plan],
  [texts.facts.status, claims.subscription.status],
  [texts.facts.issued, <Time key="i" at={instantOf(claims.iat)} />],
  [texts.facts.expires, <Time key="e" at={instantOf(claims.exp)} />],
  [texts.facts.jti, claims.jti],
  [texts.facts.limits, <Entitlements key="l" of={claims.limits} />],
  [texts.facts.features, <Entitlements key="f" of={claims.features} />],
];

export function Licence({ customerId }: { customerId: string }) {
  const params = { customerId };
  const licence = useRead(readLicence, { params });
  const history = useRead(listLicences, { params });
  const isRevoked = licence.error?.failure.code === 'licence_revoked';
  return (
    <Stack hasGutter>
      <StackItem>
        <ActionList>
          {isRevoked || licence.data === undefined ? null : (
            <ActionListItem>
              <Deed
                route={revokeLicence}
                label={texts.revoke.label}
                title={texts.revoke.title}
                what={<Words of={texts.revoke.what} />}
                reason="needed"
                isDangerous
                input={(reason = '') => ({ params, body: { reason } })}
                changes={changes}
              />
            </ActionListItem>
          )}
          <ActionListItem>
            <Deed
              route={reissueLicences}
              label={texts.reissue.label}
              title={texts.reissue.title}
              what={<Words of={texts.reissue.what} />}
              reason="needed"
              input={(reason = '') => ({ body: { customer_ids: [customerId], reason } })}
              changes={changes}
            />
          </ActionListItem>
        </ActionList>
      </StackItem>
      <StackItem>
        <Card>
          <CardTitle component="h2">{texts.title}</CardTitle>
          <CardBody>
            {isRevoked ? (
              <p>{texts.none}</p>
            ) : (
              <ReadPart read={licence}>
                {(answer) => (answer === null ? null : <Facts facts={factsOf(answer.decoded)} />)}
              </ReadPart>
            )}
          </CardBody>
        </Card>
      </StackItem>
      <StackItem className="tenantry-foreign">
        <PlainList
          label={texts.history}
          columns={columns}
          idOf={({ id }) => id}
          read={{ ...history, data: history.data?.history }}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </StackItem>
    </Stack>
  );
}
