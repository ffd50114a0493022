/** A customer as a licence describes one, for tests and figures that need no database. */
import { dayMs } from '../../src/lib/time.ts';
import { claimsOf } from '../../src/licences/licence.ts';

export const issuer = 'https://api.test';

/** Claims of seed 004's size. */
export const claimsAt = (jti: string, now: number, lifeDays = 30) =>
  claimsOf(
    {
      customerId: `cust_${jti.slice(0, 32).padEnd(32, '0')}`,
      companyName: 'Acme Corp',
      plan: 'professional',
      status: 'active',
      trialEndsAt: null,
      periodEndsAt: now + lifeDays * dayMs,
      features: {
        features: {
          maxDevices: 50,
          dataRetentionDays: 365,
          canExportData: true,
          hasAdvancedAlerts: true,
          hasApiAccess: true,
        },
        limits: { maxUsers: 15, maxAlertRules: 100, maxDashboards: 20 },
        monitoring: { dedicated: false, scrapeInterval: '30s', retention: '15d', storageSize: '10Gi', grafana: false },
      },
    },
    issuer,
    jti,
    now,
  );
