/** The customer's own pages, in the order of the navigation. */
import { listAccountKeys } from '../../../src/contracts/routes/account-keys.ts';
import { readBilling } from '../../../src/contracts/routes/billing.ts';
import { readCost } from '../../../src/contracts/routes/costs.ts';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { listInvoices, readInvoice } from '../../../src/contracts/routes/invoices.ts';
import { readLicence } from '../../../src/contracts/routes/licences.ts';
import { listMembers, listSessions } from '../../../src/contracts/routes/sessions.ts';
import { readStatement } from '../../../src/contracts/routes/statements.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { readUsage } from '../../../src/contracts/routes/usage-reads.ts';
import type { Page } from '../page.ts';
import { titles as all } from '../texts/titles.ts';
import {
  billingAddress,
  costAddress,
  invoicesAddress,
  keysAddress,
  licenceAddress,
  membersAddress,
  overviewAddress,
  planAddress,
  signInsAddress,
  statementsAddress,
  usageAddress,
} from './addresses.ts';

const titles = all.portal;

type Own = Pick<Page, 'path' | 'title' | 'needs' | 'load'> & { isLedTo?: false };

const own: readonly Own[] = [
  { path: overviewAddress, title: titles.overview, needs: readCustomer, load: () => import('./overview-page.tsx') },
  { path: planAddress, title: titles.plan, needs: readSubscription, load: () => import('./plan-page.tsx') },
  { path: usageAddress, title: titles.usage, needs: readUsage, load: () => import('./usage-page.tsx') },
  { path: costAddress, title: titles.cost, needs: readCost, load: () => import('./cost-page.tsx') },
  { path: invoicesAddress, title: titles.invoices, needs: listInvoices, load: () => import('./invoices-page.tsx') },
  {
    path: `${invoicesAddress}/:invoiceId`,
    title: titles.invoice,
    needs: readInvoice,
    isLedTo: false,
    load: () => import('./invoice-page.tsx'),
  },
  { path: billingAddress, title: titles.billing, needs: readBilling, load: () => import('./billing-page.tsx') },
  {
    path: statementsAddress,
    title: titles.statements,
    needs: readStatement,
    load: () => import('./statements-page.tsx'),
  },
  { path: licenceAddress, title: titles.licence, needs: readLicence, load: () => import('./licence-page.tsx') },
  { path: keysAddress, title: titles.keys, needs: listAccountKeys, load: () => import('./keys-page.tsx') },
  { path: membersAddress, title: titles.members, needs: listMembers, load: () => import('./members-page.tsx') },
  { path: signInsAddress, title: titles.signIns, needs: listSessions, load: () => import('./sign-ins-page.tsx') },
];

export const portalPages: readonly Page[] = own.map(({ isLedTo = true, ...page }) => ({
  ...page,
  audience: 'account',
  ...(isLedTo ? { nav: page.title } : {}),
}));
