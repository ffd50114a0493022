/** The pages of an organisation's billing. An admin may look at every organisation's (`?organisation=`). */
import { listBillingAudit } from '../../../src/contracts/routes/audit.ts';
import {
  exportBilling,
  listBillingProjects,
  readAttribution,
  readBillingSummary,
  readProjectOverview,
} from '../../../src/contracts/routes/organisation-billing.ts';
import { listOrganisationKeys } from '../../../src/contracts/routes/organisation-keys.ts';
import type { Page } from '../page.ts';
import { titles } from '../texts/titles.ts';
import {
  attributionAddress,
  auditAddress,
  exportAddress,
  keysAddress,
  organisationAddress,
  summaryAddress,
} from './addresses.ts';

const texts = titles.organisation;
const readers = { audience: 'person', alsoFor: ['admin'] } as const satisfies Partial<Page>;

export const organisationPages: readonly Page[] = [
  {
    ...readers,
    path: organisationAddress,
    title: texts.projects,
    nav: texts.nav,
    needs: listBillingProjects,
    load: () => import('./projects-page.tsx'),
  },
  {
    ...readers,
    path: `${organisationAddress}/projects/:namespace`,
    title: texts.project,
    needs: readProjectOverview,
    load: () => import('./project-page.tsx'),
  },
  {
    ...readers,
    path: summaryAddress,
    title: texts.summary,
    needs: readBillingSummary,
    load: () => import('./summary-page.tsx'),
  },
  {
    ...readers,
    path: attributionAddress,
    title: texts.attribution,
    needs: readAttribution,
    load: () => import('./attribution-page.tsx'),
  },
  {
    ...readers,
    path: exportAddress,
    title: texts.exports,
    needs: exportBilling,
    load: () => import('./export-page.tsx'),
  },
  {
    ...readers,
    path: keysAddress,
    title: texts.keys,
    needs: listOrganisationKeys,
    load: () => import('./keys-page.tsx'),
  },
  {
    ...readers,
    path: auditAddress,
    title: texts.audit,
    needs: listBillingAudit,
    load: () => import('./audit-page.tsx'),
  },
];
