/** `signup-workflow`: a sign-up from nothing to `ready`, an hour of usage and its cost, told as it happens. */
import { z } from 'zod';
import { signupBody } from '../../src/contracts/customers.ts';
import { planSlug } from '../../src/contracts/plans.ts';
import { readCost } from '../../src/contracts/routes/costs.ts';
import { hex } from '../../src/lib/ids.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import type { Api } from '../api.ts';
import { by, type Define, type Done, done } from '../command.ts';
import { type Failure, lineOf } from '../failure.ts';
import { dollars } from '../format/amounts.ts';
import { costTable } from '../format/cost.ts';
import { type JsonOption, jsonOption } from '../output.ts';
import { reportHour } from '../workflow/report-hour.ts';
import { type Applicant, signUpAndCheck } from '../workflow/sign-up.ts';
import { storyOf, type Tell } from '../workflow/story.ts';
import { waitReady } from '../workflow/wait-ready.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  plan?: string;
  email?: string;
  company: string;
  timeout: number;
}

/** Three runs of the largest stack, each up to 15 minutes, and the pauses between them. */
const timeoutSecondsDefault = 3000;
const timeoutSeconds = z.coerce.number().int().min(1).max(86_400);
const nonceBytes = 4;

async function walk(
  world: World,
  api: Api,
  who: Applicant,
  timeoutMs: number,
  tell: Tell,
): Promise<Result<void, Failure>> {
  const made = await signUpAndCheck(api, who, tell);
  if (!made.ok) return made;
  const { customer_id: customerId, short_id: shortId } = made.value.customer;
  const ready = await waitReady(world, api, made.value, timeoutMs, tell);
  if (!ready.ok) return ready;
  const at = Date.parse(ready.value.job.finished_at ?? made.value.customer.created_at);
  const reported = await reportHour(world, api, { customerId, shortId, at }, tell);
  if (!reported.ok) return reported;
  const cost = await api.call(readCost, { params: { customerId } });
  if (!cost.ok) return cost;
  const { total_cents: total, lines } = cost.value;
  tell({
    step: 'cost',
    message: `${dollars(total)} so far, in ${lines.length} lines`,
    lines: ['', ...costTable(cost.value)],
    data: { cost: cost.value },
  });
  return ok(undefined);
}

async function workflow(world: World, api: Api, options: Options): Done {
  const tell = storyOf(world, options.json === true);
  const email = options.email ?? `signup-${hex(world.random(nonceBytes))}@example.com`;
  const who = { email, company: options.company, ...(options.plan === undefined ? {} : { plan: options.plan }) };
  const walked = await walk(world, api, who, options.timeout * 1000, tell);
  if (walked.ok) return done;
  if (options.json) tell({ step: 'failed', message: lineOf(walked.error), data: { failure: walked.error } });
  return walked;
}

export const signupWorkflowProgram: Define = ({ program, world, withApi }) => {
  program
    .description('Walks a sign-up to ready, reports an hour of usage and shows its cost')
    .option('--plan <plan>', 'the smallest one that is sold unless given', by(planSlug))
    .option('--email <address>', 'a new one at example.com unless given', by(signupBody.shape.email))
    .option('--company <name>', 'company name', by(signupBody.shape.company_name.unwrap()), 'Example Ltd')
    .option('--timeout <seconds>', 'how long the deployment may take', by(timeoutSeconds), timeoutSecondsDefault)
    .option(...jsonOption)
    .action(withApi((api, options: Options) => workflow(world, api, options)));
};
