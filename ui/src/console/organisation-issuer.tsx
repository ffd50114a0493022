/** Where the people of an organisation sign in. */
import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import type { IssuerView } from '../../../src/contracts/organisations.ts';
import { readIssuer, readOrganisation, removeIssuer } from '../../../src/contracts/routes/organisations.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleTexts } from '../texts/console.ts';
import { organisationTexts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';

const texts = organisationTexts.issuer;

const factsOf = (issuer: IssuerView): Fact[] => [
  [texts.facts.issuer, issuer.issuer],
  [texts.facts.audience, issuer.audience],
  [texts.facts.client, issuer.client_id],
  [texts.facts.secret, issuer.client_secret ? consoleTexts.yes : consoleTexts.no],
  [texts.facts.keys, issuer.jwks_url],
  [texts.facts.redirect, issuer.redirect_uri],
  [texts.facts.set, <Time key="s" at={issuer.set_at} />],
];

export function Issuer({ organisationId, isSet }: { organisationId: string; isSet: boolean }) {
  const params = { organisationId };
  const read = useRead(readIssuer, { params }, { enabled: isSet });
  return (
    <Card>
      <CardTitle component="h2">{texts.title}</CardTitle>
      <CardBody>
        {isSet ? (
          <ReadPart read={read}>
            {({ issuer }) => (
              <>
                <Facts facts={factsOf(issuer)} />
                <Deed
                  route={removeIssuer}
                  label={texts.remove.label}
                  title={texts.remove.title}
                  what={<Words of={texts.remove.what} />}
                  isDangerous
                  input={() => ({ params })}
                  changes={[readOrganisation, readIssuer]}
                />
              </>
            )}
          </ReadPart>
        ) : (
          <p>{texts.none}</p>
        )}
      </CardBody>
    </Card>
  );
}
