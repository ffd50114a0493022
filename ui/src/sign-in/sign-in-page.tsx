/** Signing in, by whichever way somebody has. Where they came from stands in the address, and is where they go. */
import { Alert, Card, CardBody, CardTitle, Page, PageSection, Tab, Tabs, TabTitleText } from '@patternfly/react-core';
import { type ComponentType, useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { TopBar } from '../shell/masthead.tsx';
import { common } from '../texts/common.ts';
import { signInTexts as texts } from '../texts/sign-in.ts';
import { LinkForm } from './link-form.tsx';
import { linkOfAddress } from './link-of-address.ts';
import { OrganisationForm } from './organisation-form.tsx';
import { PasswordForm } from './password-form.tsx';
import { RedeemLink } from './redeem-link.tsx';
import { TokenForm } from './token-form.tsx';

const forms: Record<keyof typeof texts.ways, ComponentType> = {
  password: PasswordForm,
  link: LinkForm,
  organisation: OrganisationForm,
  staff: TokenForm,
};
type Way = keyof typeof forms;
const ways = Object.keys(forms) as Way[];

function Ways() {
  const [query, setQuery] = useSearchParams();
  const way = ways.find((one) => one === query.get('way')) ?? 'password';
  const choose = (next: string | number) => {
    query.set('way', String(next));
    setQuery(query, { replace: true });
  };
  return (
    <Tabs activeKey={way} aria-label={texts.waysLabel} onSelect={(_, next) => choose(next)} mountOnEnter unmountOnExit>
      {ways.map((one) => {
        const Form = forms[one];
        return (
          <Tab key={one} eventKey={one} title={<TabTitleText>{texts.ways[one]}</TabTitleText>}>
            <div className="tenantry-sign-in-form">
              <Form />
            </div>
          </Tab>
        );
      })}
    </Tabs>
  );
}

/** Why a sign-in at an issuer did not come about; the Worker names it in the address. */
function IssuerFault({ code }: { code: string | null }) {
  const fault = Object.entries(texts.faults).find(([name]) => name === code)?.[1];
  return fault === undefined ? null : (
    <div role="alert">
      <Alert isInline variant="danger" title={fault} />
    </div>
  );
}

export function SignInPage() {
  const [query] = useSearchParams();
  const link = linkOfAddress();
  useEffect(() => {
    document.title = `${texts.title} · ${common.product}`;
  }, []);
  return (
    <Page masthead={<TopBar />} mainTabIndex={-1}>
      <PageSection className="tenantry-sign-in" isWidthLimited>
        <Card>
          <CardTitle component="h1">{link === null ? texts.title : texts.linkTitle}</CardTitle>
          <CardBody>
            <IssuerFault code={query.get('error')} />
            {query.has('ended') ? <Alert isInline variant="info" title={texts.ended} /> : null}
            {link === null ? <Ways /> : <RedeemLink link={link} />}
          </CardBody>
        </Card>
      </PageSection>
    </Page>
  );
}
