/** A page for the organisation that is looked at: an admin chooses one first, and some of it is an org-admin's only. */
import { PageSection } from '@patternfly/react-core';
import { type ComponentType, lazy } from 'react';
import { NothingYet } from '../list/no-rows.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { useOrganisation } from './organisation.tsx';

/** Of an admin's first look only. */
const Choose = lazy(async () => ({ default: (await import('./choose.tsx')).Choose }));

export interface ForOrganisationOptions {
  /** Only who is an org-admin, or an admin, sees it. */
  isOrgAdminOnly?: boolean;
}

/** The page of an organisation, in its place. */
export function forOrganisation(Body: ComponentType, { isOrgAdminOnly = false }: ForOrganisationOptions = {}) {
  return function OfOrganisation() {
    const { name, isOrgAdmin } = useOrganisation();
    if (name === null) return <Choose />;
    if (!isOrgAdminOnly || isOrgAdmin) return <Body />;
    return (
      <PageSection>
        <NothingYet title={organisationTexts.orgAdminTitle} heading="h1">
          {organisationTexts.orgAdminOnly}
        </NothingYet>
      </PageSection>
    );
  };
}
