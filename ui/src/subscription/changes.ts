/** The reads that a change of a subscription makes old. */
import { listAudit } from '../../../src/contracts/routes/audit.ts';
import { readCost, readForecast } from '../../../src/contracts/routes/costs.ts';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { readDeployment } from '../../../src/contracts/routes/deployments.ts';
import { listLicences, readLicence } from '../../../src/contracts/routes/licences.ts';
import { listPeriods } from '../../../src/contracts/routes/periods.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';

export const subscriptionChanges = [
  readSubscription,
  readCustomer,
  readCost,
  readForecast,
  readLicence,
  listLicences,
  listPeriods,
  readDeployment,
  listAudit,
] as const;
