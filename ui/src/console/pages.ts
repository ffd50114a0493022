/** The pages of the console. */
import { listClusters } from '../../../src/contracts/routes/clusters.ts';
import { listAllCorrections } from '../../../src/contracts/routes/corrections.ts';
import { listCredentials } from '../../../src/contracts/routes/credentials.ts';
import { listCustomers, readCustomer } from '../../../src/contracts/routes/customers.ts';
import { listDrift, readInvariants } from '../../../src/contracts/routes/drift.ts';
import { listHolds, listInvoices, readBrake, readInvoice } from '../../../src/contracts/routes/invoices.ts';
import { listOrganisations, readOrganisation } from '../../../src/contracts/routes/organisations.ts';
import { listOutbox } from '../../../src/contracts/routes/outbox.ts';
import { checkPlans, listPlans } from '../../../src/contracts/routes/plans.ts';
import { listGaps, listReviews } from '../../../src/contracts/routes/usage-admin.ts';
import { listEvents, readEvent } from '../../../src/contracts/routes/webhooks.ts';
import type { Page } from '../page.ts';
import { consoleTexts as texts } from '../texts/console.ts';
import {
  brakeAddress,
  catalogueAddress,
  changeAddress,
  clustersAddress,
  consoleAddress,
  correctionsAddress,
  credentialsAddress,
  customersAddress,
  driftAddress,
  gapsAddress,
  holdsAddress,
  invariantsAddress,
  invoicesAddress,
  organisationsAddress,
  outboxAddress,
  reviewsAddress,
  webhooksAddress,
} from './addresses.ts';

const audience = 'admin' as const;

/** A page that the navigation leads to, under its own title. */
const led = (path: string, title: string, needs: Page['needs'], load: Page['load']): Page => ({
  path,
  audience,
  title,
  nav: title,
  needs,
  load,
});

export const consolePages: readonly Page[] = [
  {
    path: consoleAddress,
    audience,
    title: texts.customers,
    needs: listCustomers,
    load: () => import('./home-page.tsx'),
  },
  led(customersAddress, texts.customers, listCustomers, () => import('./customers-page.tsx')),
  {
    path: `${customersAddress}/:customerId`,
    audience,
    title: texts.customer,
    needs: readCustomer,
    load: () => import('./customer-page.tsx'),
  },
  led(reviewsAddress, texts.reviews, listReviews, () => import('./reviews-page.tsx')),
  led(correctionsAddress, texts.corrections, listAllCorrections, () => import('./corrections-page.tsx')),
  led(gapsAddress, texts.gaps, listGaps, () => import('./gaps-page.tsx')),
  led(invoicesAddress, texts.invoices, listInvoices, () => import('./invoices-page.tsx')),
  {
    path: `${invoicesAddress}/:invoiceId`,
    audience,
    title: texts.invoice,
    needs: readInvoice,
    load: () => import('./invoice-page.tsx'),
  },
  led(holdsAddress, texts.holds, listHolds, () => import('./holds-page.tsx')),
  led(brakeAddress, texts.brake, readBrake, () => import('./brake-page.tsx')),
  led(clustersAddress, texts.clusters, listClusters, () => import('./clusters-page.tsx')),
  led(catalogueAddress, texts.catalogue, listPlans, () => import('./catalogue-page.tsx')),
  {
    path: changeAddress,
    audience,
    title: texts.change,
    needs: checkPlans,
    load: () => import('./change-page.tsx'),
  },
  led(organisationsAddress, texts.organisations, listOrganisations, () => import('./organisations-page.tsx')),
  {
    path: `${organisationsAddress}/:organisationId`,
    audience,
    title: texts.organisation,
    needs: readOrganisation,
    load: () => import('./organisation-page.tsx'),
  },
  led(outboxAddress, texts.outbox, listOutbox, () => import('./outbox-page.tsx')),
  led(webhooksAddress, texts.events, listEvents, () => import('./events-page.tsx')),
  {
    path: `${webhooksAddress}/:eventId`,
    audience,
    title: texts.event,
    needs: readEvent,
    load: () => import('./event-page.tsx'),
  },
  led(driftAddress, texts.drift, listDrift, () => import('./drift-page.tsx')),
  led(invariantsAddress, texts.invariants, readInvariants, () => import('./invariants-page.tsx')),
  led(credentialsAddress, texts.credentials, listCredentials, () => import('./credentials-page.tsx')),
];
