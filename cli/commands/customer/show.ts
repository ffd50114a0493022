/** `customer show`: one customer, what is wanted of its stack, what was seen of it, and what is going on. */

import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { readDeployment } from '../../../src/contracts/routes/deployments.ts';
import { readJob } from '../../../src/contracts/routes/queue.ts';
import { ok, type Result } from '../../../src/lib/result.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import type { Failure } from '../../failure.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { customerLines } from '../../format/customer.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

type Options = JsonOption & CustomerOption;

/** What the API does not know (an older one without the route, a job that is no longer kept) is null. */
const nullIfAbsent = <T>(read: Result<T, Failure>): Result<T | null, Failure> =>
  !read.ok && read.error.kind === 'refused' && read.error.status === 404 ? ok(null) : read;

async function show(world: World, api: Api, id: string, options: Options): Done {
  const found = await api.call(readCustomer, { params: { customerId: id } });
  if (!found.ok) return found;
  const { job_id: jobId } = found.value.deployment;
  const [told, read] = await Promise.all([
    api.call(readDeployment, { params: { customerId: id } }),
    jobId === null ? null : api.call(readJob, { params: { jobId } }),
  ]);
  const deployment = nullIfAbsent(told);
  if (!deployment.ok) return deployment;
  const job = read === null ? ok(null) : nullIfAbsent(read);
  if (!job.ok) return job;
  const beside = { deployment: deployment.value, job: job.value?.job ?? null };
  print(
    world,
    options,
    { ...found.value, ...beside, deployment: { ...found.value.deployment, ...beside.deployment } },
    [...customerLines(found.value, beside)],
  );
  return done;
}

export const showCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('show'))
    .description('one customer: subscription, the stack as wanted and as seen, what is going on')
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => show(world, api, id, options))));
};
