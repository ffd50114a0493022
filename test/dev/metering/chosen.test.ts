import { expect, it } from 'vitest';
import { chosenIn } from '../../../dev/metering/exporter.ts';
import { exporterVariables } from '../../../exporter/variables.ts';

it('hands on every variable of the exporter but those that the platform itself decides', () => {
  const names = Object.keys(exporterVariables).flatMap((name) => [name, `${name}_FILE`]);
  const known = new Set(chosenIn(Object.fromEntries(names.map((name) => [name, 'given']))));
  const kept = Object.keys(exporterVariables).filter((name) => !known.has(name));
  expect(kept.sort()).toEqual([
    'API_KEY',
    'BACKFILL_FROM',
    'BILLING_API_URL',
    'CUSTOMER_ID',
    'EXCLUDE_PODS',
    'HEALTH_CHECK_HOST',
    'HEALTH_CHECK_PORT',
    'HOST_NETWORK',
    'INSTANCE_ID',
    'LOG_LEVEL',
    'MODE',
    'NAMESPACE',
    'SPOOL_DIR',
  ]);
  expect(chosenIn({ PROMETHEUS_TOKEN_FILE: '/token', KUBELET_JOB: '', JOB: 'x', ADMIN_API_TOKEN: 'x' })).toEqual([
    'PROMETHEUS_TOKEN_FILE',
  ]);
});
