/** The pages of the console. */
import { listCustomers, readCustomer } from '../../../src/contracts/routes/customers.ts';
import type { Page } from '../page.ts';
import { consoleTexts as texts } from '../texts/console.ts';
import { consoleAddress, customersAddress } from './addresses.ts';

const audience = 'admin' as const;

export const consolePages: readonly Page[] = [
  {
    path: consoleAddress,
    audience,
    title: texts.customers,
    needs: listCustomers,
    load: () => import('./home-page.tsx'),
  },
  {
    path: customersAddress,
    audience,
    title: texts.customers,
    nav: texts.customers,
    needs: listCustomers,
    load: () => import('./customers-page.tsx'),
  },
  {
    path: `${customersAddress}/:customerId`,
    audience,
    title: texts.customer,
    needs: readCustomer,
    load: () => import('./customer-page.tsx'),
  },
];
