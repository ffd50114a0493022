/** The client of the billing API that a configuration names; its key is read when it is needed. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { reveal } from '../secrets.ts';
import { type BillingApi, billingApi } from './api.ts';

export const apiOf = ({ url, key }: NonNullable<Config['api']>, clock: Clock): BillingApi =>
  billingApi(
    url,
    () => reveal(key),
    () => clock.now(),
  );
