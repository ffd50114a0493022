/** Somebody's own sign-in: where they are signed in, and their password. */
import { Content, PageSection } from '@patternfly/react-core';
import { useSession } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { portalTexts } from '../texts/portal.ts';
import { accountTexts } from '../texts/portal-account.ts';
import { OwnSessions } from './own-sessions.tsx';
import { PasswordChange } from './password-change.tsx';

const texts = accountTexts.signIns;

export function Page() {
  const { name } = useSession();
  return (
    <>
      <PageTitle title={portalTexts.titles.signIns} intro={texts.intro(name)} />
      <PageSection>
        <Content component="h2">{texts.sessions}</Content>
        <OwnSessions />
      </PageSection>
      <PageSection>
        <Content component="h2">{texts.password}</Content>
        <PasswordChange />
      </PageSection>
    </>
  );
}
