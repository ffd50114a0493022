/**
 * The program `tenantry`: commander reads the arguments, the work gives a result, the result gives the exit code. What is
 * wrong with a call is one line on stderr (or one JSON object) and exit 2.
 */
import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import type { Result } from '../src/lib/result.ts';
import { openApi } from './api.ts';
import type { Define, Shell } from './command.ts';
import { adminTokensProgram } from './commands/admin-tokens.ts';
import { billingBrakeProgram } from './commands/billing-brake.ts';
import { billingSettingsProgram } from './commands/billing-settings.ts';
import { clockProgram } from './commands/clock.ts';
import { clustersProgram } from './commands/clusters.ts';
import { correctionsProgram } from './commands/corrections.ts';
import { credentialsProgram } from './commands/credentials.ts';
import { creditsProgram } from './commands/credits.ts';
import { customerProgram } from './commands/customer.ts';
import { deadLettersProgram } from './commands/dead-letters.ts';
import { driftProgram } from './commands/drift.ts';
import { generateKeysProgram } from './commands/generate-keys.ts';
import { invariantsProgram } from './commands/invariants.ts';
import { invoicesProgram } from './commands/invoices.ts';
import { keysProgram } from './commands/keys.ts';
import { licencesProgram } from './commands/licences.ts';
import { membersProgram } from './commands/members.ts';
import { organisationsProgram } from './commands/organisations.ts';
import { outboxProgram } from './commands/outbox.ts';
import { plansProgram } from './commands/plans.ts';
import { queueProgram } from './commands/queue.ts';
import { reviewsProgram } from './commands/reviews.ts';
import { signupWorkflowProgram } from './commands/signup-workflow.ts';
import { spendCapProgram } from './commands/spend-cap.ts';
import { upgradeCustomerProgram } from './commands/upgrade-customer.ts';
import { usageProgram } from './commands/usage.ts';
import { verifyBillProgram } from './commands/verify-bill.ts';
import { webhooksProgram } from './commands/webhooks.ts';
import { type ExitCode, exitCodeOf, exitCodes, type Failure, linesOf, problemOf } from './failure.ts';
import { asksForJson, guarded } from './output.ts';
import { findTarget } from './target.ts';
import { jsonText, oneLine } from './text.ts';
import { ownVersion } from './version.ts';
import { callInWords } from './words.ts';
import type { World } from './world.ts';

/** The commands by their words, as `--help` lists them. */
export const commands: Readonly<Record<string, Define>> = {
  customer: customerProgram,
  usage: usageProgram,
  corrections: correctionsProgram,
  reviews: reviewsProgram,
  plans: plansProgram,
  credits: creditsProgram,
  'spend-cap': spendCapProgram,
  'billing-settings': billingSettingsProgram,
  licences: licencesProgram,
  keys: keysProgram,
  members: membersProgram,
  organisations: organisationsProgram,
  queue: queueProgram,
  'dead-letters': deadLettersProgram,
  webhooks: webhooksProgram,
  invoices: invoicesProgram,
  'billing-brake': billingBrakeProgram,
  drift: driftProgram,
  outbox: outboxProgram,
  invariants: invariantsProgram,
  clusters: clustersProgram,
  clock: clockProgram,
  credentials: credentialsProgram,
  'admin-tokens': adminTokensProgram,
  'generate-keys': generateKeysProgram,
  'signup-workflow': signupWorkflowProgram,
  'upgrade-customer': upgradeCustomerProgram,
  'verify-bill': verifyBillProgram,
};

type Finish = (result: Result<void, Failure>) => void;

/** The tree of all commands; completion is made from it. */
function build(world: World, fail: (failure: Failure) => void): Command {
  const finish: Finish = (result) => {
    if (!result.ok) fail(result.error);
  };
  const root = new Command('tenantry')
    .description('Billing and tenancy of a SaaS whose customers each get a Kubernetes namespace')
    .version(ownVersion(), '--version', 'print the version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printAll(world.out, text),
      writeErr: (text) => printAll(world.note, text),
      // "Did you mean …?" comes on a line of its own.
      outputError: (text) => fail({ kind: 'usage', message: callInWords(oneLine(text)) }),
    });
  const shell: Omit<Shell, 'program'> = {
    world,
    alone:
      (work) =>
      async (...args) =>
        finish(await work(...args)),
    withApi:
      (work) =>
      async (...args) => {
        const target = await findTarget(world.env);
        finish(target.ok ? await work(openApi(target.value, world), ...args) : target);
      },
  };
  for (const [name, define] of Object.entries(commands)) define({ ...shell, program: root.command(name) });
  tab(root, { completionCommandName: 'completion' });
  return root;
}

const printAll = (write: (line: string) => void, text: string): void => {
  for (const line of text.trimEnd().split('\n')) write(line);
};

/** Runs the program on arguments (without node and script). Resolves to its exit code; throws only on a bug of ours. */
export async function run(args: readonly string[], world: World): Promise<ExitCode> {
  let exit: ExitCode = exitCodes.done;
  const json = asksForJson(args);
  const fail = (failure: Failure): void => {
    for (const line of json ? [jsonText(problemOf(failure))] : linesOf(failure)) world.note(line);
    exit = exitCodeOf(failure);
  };
  try {
    await build(guarded(world, json), fail).parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  return exit;
}
