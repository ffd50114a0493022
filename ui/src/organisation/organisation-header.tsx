/** The top of every page of an organisation's billing: whose it is, whether its figures are live, its parts. */
import { Content, Flex, FlexItem, PageSection } from '@patternfly/react-core';
import { useLocation } from 'react-router';
import { LinkTabs } from '../list/link-tabs.tsx';
import { organisationTexts as texts } from '../texts/organisation.ts';
import {
  attributionAddress,
  auditAddress,
  exportAddress,
  keysAddress,
  organisationAddress,
  summaryAddress,
} from './addresses.ts';
import { LiveLabel } from './live-label.tsx';
import { useOrganisation } from './organisation.tsx';

const parts = [
  { label: texts.parts.projects, path: organisationAddress },
  { label: texts.parts.summary, path: summaryAddress },
  { label: texts.parts.attribution, path: attributionAddress },
  { label: texts.parts.exports, path: exportAddress },
];
const orgAdminParts = [
  { label: texts.parts.keys, path: keysAddress },
  { label: texts.parts.audit, path: auditAddress },
];

export interface OrganisationHeaderProps {
  title: string;
  intro?: string;
  /** Absent: the page has no figures that move. */
  isLive?: boolean;
}

export function OrganisationHeader({ title, intro, isLive }: OrganisationHeaderProps) {
  const { pathname } = useLocation();
  const { name, isOrgAdmin, to } = useOrganisation();
  const shown = isOrgAdmin ? [...parts, ...orgAdminParts] : parts;
  return (
    <>
      <PageSection>
        <Flex>
          <FlexItem>
            <Content component="h1">{title}</Content>
          </FlexItem>
          {isLive === undefined ? null : (
            <FlexItem>
              <LiveLabel isLive={isLive} />
            </FlexItem>
          )}
        </Flex>
        <Content component="p" className="tenantry-foreign">
          {texts.of(name ?? '')}
        </Content>
        {intro === undefined ? null : <Content component="p">{intro}</Content>}
      </PageSection>
      <PageSection type="tabs">
        <LinkTabs
          label={texts.partsLabel}
          tabs={shown.map(({ label, path }) => ({ label, to: to(path), isActive: path === pathname }))}
        />
      </PageSection>
    </>
  );
}
