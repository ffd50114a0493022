/** Jobs in the states that a test needs: the test itself is the provisioner (the platform runs with none). */
import type { InputOf } from '../../../src/contracts/call.ts';
import { createCustomer } from '../../../src/contracts/routes/customers.ts';
import {
  completeJob,
  failJob,
  nextJob,
  reportProgress,
  sendJobLogs,
} from '../../../src/contracts/routes/provisioner.ts';
import type { TestPlatform } from '../platform.ts';
import { apiOf } from './api.ts';

/** The platform's environment for such a test. */
export const withoutProvisioner = { PROVISIONER_PROGRAM: 'off' };

type Failure = Pick<InputOf<typeof failJob>['body'], 'code' | 'message' | 'events' | 'retryable'>;

export const backOff: Failure = {
  code: 'not_ready',
  message: 'the stack is not ready',
  events: [{ object: 'Pod/app-0', reason: 'BackOff', message: 'back-off restarting failed container' }],
  retryable: false,
};

let people = 0;

export function queueWork({ ready }: TestPlatform) {
  const admin = apiOf(ready.url, ready.admin_token);
  const provisioner = apiOf(ready.url, ready.provisioner_token);
  const lease = async () => {
    const leased = await provisioner.call(nextJob, { body: {} });
    if (leased === null) throw new Error('no job is due');
    return { ...leased, params: { jobId: leased.job.id }, proof: { lease_id: leased.lease_id } };
  };
  const fail = async (failure: Failure = backOff): Promise<string> => {
    const { params, proof, generation } = await lease();
    await provisioner.call(failJob, { params, body: { ...proof, generation, ...failure } });
    return params.jobId;
  };
  return {
    admin,
    /** A customer, whose deploy waits. @returns its id */
    async customer(companyName: string): Promise<string> {
      people += 1;
      const body = { email: `person-${people}@example.com`, company_name: companyName, plan: 'starter' };
      return (await admin.call(createCustomer, { body })).customer.customer_id;
    },
    lease,
    /** The oldest job, begun and left there. @returns its id */
    async begin(percent: number, lines: readonly string[] = []): Promise<string> {
      const { params, proof } = await lease();
      await provisioner.call(reportProgress, { params, body: { ...proof, percent, message: `at ${percent}` } });
      if (lines.length > 0) {
        const at = new Date().toISOString();
        const said = lines.map((line, number) => ({ number: number + 1, at, level: 'info' as const, line }));
        await provisioner.call(sendJobLogs, { params, body: { ...proof, lines: said } });
      }
      return params.jobId;
    },
    /** The oldest job, failed for good. @returns its id */
    fail,
    /** The oldest job, done. @returns its id */
    async complete(): Promise<string> {
      const { params, proof, generation } = await lease();
      await provisioner.call(completeJob, { params, body: { ...proof, generation } });
      return params.jobId;
    },
  };
}
