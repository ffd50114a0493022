/** What a licence says, in words. */
import { Content } from '@patternfly/react-core';
import type { LicenceClaims } from '../../../src/contracts/licences.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { portalTexts } from '../texts/portal.ts';
import { accountTexts } from '../texts/portal-account.ts';
import { Time } from '../time/time.tsx';

const texts = accountTexts.licence;
const statuses: Readonly<Record<string, string>> = portalTexts.plan.statuses;
const secondMs = 1000;

type Entitlements = LicenceClaims['features'];

/** `hasRemoteAccess` as words, where a plan has one that these pages do not know. */
const wordsOf = (name: string): string =>
  texts.names[name] ??
  name.replace(/([a-z])([A-Z])/g, (_, end: string, next: string) => `${end} ${next.toLowerCase()}`);

function valueWords(value: Entitlements[string]): string {
  if (value === null) return texts.unlimited;
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  return value.toLocaleString('en-US');
}

const entitled = (entitlements: Entitlements): Fact[] =>
  Object.entries(entitlements).map(([name, value]) => [wordsOf(name), valueWords(value)]);

const at = (seconds: number) => <Time at={new Date(seconds * secondMs).toISOString()} />;

function generalFacts(claims: LicenceClaims): Fact[] {
  const { trial, subscription } = claims;
  return [
    [texts.holder, claims.customerName],
    [texts.plan, claims.plan],
    [texts.status, statuses[subscription.status] ?? subscription.status],
    [texts.issued, at(claims.iat)],
    [texts.expires, at(claims.exp)],
    [texts.periodEnds, <Time key="t" at={subscription.currentPeriodEndsAt} />],
    ...(trial.expiresAt === undefined ? [] : [[texts.trial, <Time key="t" at={trial.expiresAt} />] satisfies Fact]),
  ];
}

const monitoringFacts = ({ monitoring }: LicenceClaims): Fact[] => [
  [texts.dedicated, valueWords(monitoring.dedicated)],
  [texts.grafana, valueWords(monitoring.grafana)],
  [texts.scrapeInterval, monitoring.scrapeInterval],
  [texts.retention, monitoring.retention],
  [texts.storageSize, monitoring.storageSize],
];

export function LicenceWords({ claims }: { claims: LicenceClaims }) {
  return (
    <>
      <Facts isHalf facts={generalFacts(claims)} />
      <Content component="h3">{texts.features}</Content>
      <Facts isHalf facts={entitled(claims.features)} />
      <Content component="h3">{texts.limits}</Content>
      <Facts isHalf facts={entitled(claims.limits)} />
      <Content component="h3">{texts.monitoring}</Content>
      <Facts isHalf facts={monitoringFacts(claims)} />
    </>
  );
}
