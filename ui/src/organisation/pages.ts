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
import { organisationTexts as texts } from '../texts/organisation.ts';
import {
  attributionAddress,
  auditAddress,
  exportAddress,
  keysAddress,
  organisationAddress,
  summaryAddress,
} from './addresses.ts';

const readers = { audience: 'person', alsoFor: ['admin'] } as const satisfies Partial<Page>;

export const organisationPages: readonly Page[] = [
  {
    ...readers,
    path: organisationAddress,
    title: texts.projects.title,
    nav: texts.nav,
    needs: listBillingProjects,
    load: () => import('./projects-page.tsx'),
  },
  {
    ...readers,
    path: `${organisationAddress}/projects/:namespace`,
    title: texts.project.title,
    needs: readProjectOverview,
    load: () => import('./project-page.tsx'),
  },
  {
    ...readers,
    path: summaryAddress,
    title: texts.summary.title,
    needs: readBillingSummary,
    load: () => import('./summary-page.tsx'),
  },
  {
    ...readers,
    path: attributionAddress,
    title: texts.attribution.title,
    needs: readAttribution,
    load: () => import('./attribution-page.tsx'),
  },
  {
    ...readers,
    path: exportAddress,
    title: texts.exports.title,
    needs: exportBilling,
    load: () => import('./export-page.tsx'),
  },
  {
    ...readers,
    path: keysAddress,
    title: texts.keys.title,
    needs: listOrganisationKeys,
    load: () => import('./keys-page.tsx'),
  },
  {
    ...readers,
    path: auditAddress,
    title: texts.audit.title,
    needs: listBillingAudit,
    load: () => import('./audit-page.tsx'),
  },
];
