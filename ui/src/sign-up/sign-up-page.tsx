/** Where the mailed link of a signup leads. */
import { Card, CardBody, CardTitle, Content, Page, PageSection } from '@patternfly/react-core';
import { useEffect } from 'react';
import { TopBar } from '../shell/masthead.tsx';
import { common } from '../texts/common.ts';
import { signUpTexts as texts } from '../texts/sign-up.ts';
import { ConfirmEmail } from './confirm-email.tsx';
import { verificationOfAddress } from './verification-of-address.ts';

export function SignUpPage() {
  const secret = verificationOfAddress();
  useEffect(() => {
    document.title = `${texts.title} · ${common.product}`;
  }, []);
  return (
    <Page masthead={<TopBar />} mainTabIndex={-1}>
      <PageSection className="tenantry-sign-in" isWidthLimited>
        <Card>
          <CardTitle component="h1">{texts.title}</CardTitle>
          <CardBody>
            {secret === null ? <Content component="p">{texts.noLink}</Content> : <ConfirmEmail secret={secret} />}
          </CardBody>
        </Card>
      </PageSection>
    </Page>
  );
}
