/**
 * `licences rotate`: the next step of a rotation of the keys that sign licences, decided by what the API says of each key, as
 * a new file for the secret LICENSE_PRIVATE_KEYS. Handing it to the Worker is its operator's.
 */

import { listLicenceKeys } from '../../../src/contracts/routes/licences.ts';
import { err, ok, type Result } from '../../../src/lib/result.ts';
import { minuteMs } from '../../../src/lib/time.ts';
import type { Api } from '../../api.ts';
import { type Define, type Done, done } from '../../command.ts';
import type { Failure } from '../../failure.ts';
import { readSetFrom, writeNew } from '../../key-files.ts';
import { type KeySet, keyBits, kidOf, newKey, textOf, withLastInFront, withNew } from '../../licence-keys.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import { nextStep, type Step } from '../../rotation.ts';
import type { World } from '../../world.ts';

interface Options extends JsonOption {
  keys: string;
  out: string;
  wait?: boolean;
  retire?: string;
}

/** Cron looks for new keys each minute: a wait asks again that often at least. */
const askEveryMs = minuteMs;

/** The step that is due, after the wait where one was asked for. */
async function dueStep(world: World, api: Api, kids: readonly string[], wait: boolean): Promise<Result<Step, Failure>> {
  for (;;) {
    const read = await api.call(listLicenceKeys, {});
    if (!read.ok) return read;
    const step = nextStep(kids, read.value.keys, world.now());
    if (step.ok) return step;
    const { until, message } = step.error;
    if (!wait || until === null) return err({ kind: 'failed', message });
    world.note(message);
    await world.sleep(Math.min(askEveryMs, Math.max(1000, until - world.now())));
  }
}

async function withStep(set: KeySet, kids: readonly string[], step: Step): Promise<KeySet> {
  switch (step.kind) {
    case 'publish':
      return withNew(set, await newKey(keyBits[0]));
    case 'sign':
      return withLastInFront(set);
    case 'retire':
      return set.filter((_, place) => !step.kids.includes(kids[place] ?? ''));
  }
}

const whatItDoes: Record<Step['kind'], string> = {
  publish: 'A new key stands behind the others: it is published, and nothing is signed with it yet.',
  sign: 'The new key stands in front: it signs from now on. What the old one signed stays valid.',
  retire: 'Keys are left out whose licences have all expired, or that were taken back.',
};
const whatThen: Record<Step['kind'], string> = {
  publish: 'Then, 16 minutes later: the same command with this file as --keys (or at once, with --wait)',
  sign: 'Then, unless renewals may do it: tenantry licences reissue --all --reason "new key"',
  retire:
    'Then the rotation is done. Client secrets of issuers that were sealed under a key left out have to be set again.',
};

async function rotate(world: World, api: Api, options: Options): Done {
  const read = await readSetFrom(options.keys);
  if (!read.ok) return read;
  const kids = await Promise.all(read.value.map(kidOf));
  const due = await stepFor(world, api, kids, options);
  if (!due.ok) return due;
  const set = await withStep(read.value, kids, due.value);
  const written = await writeNew(options.out, textOf(set));
  if (!written.ok) return written;
  const after = await Promise.all(set.map(kidOf));
  print(world, options, { step: due.value.kind, file: options.out, kids: after }, [
    whatItDoes[due.value.kind],
    ...after.map((kid, place) => `  ${kid}${place === 0 ? '  signs' : ''}`),
    `Hand it over: npx wrangler secret put LICENSE_PRIVATE_KEYS < ${options.out}`,
    `or, on this machine: LICENSE_PRIVATE_KEYS="$(cat ${options.out})" npm start`,
    whatThen[due.value.kind],
  ]);
  return done;
}

/** `--retire` takes a key back before its time: no question to the API is needed for what has leaked. */
async function stepFor(world: World, api: Api, kids: string[], options: Options): Promise<Result<Step, Failure>> {
  const { retire } = options;
  if (retire === undefined) return await dueStep(world, api, kids, options.wait === true);
  if (!kids.includes(retire)) return err({ kind: 'failed', message: `${options.keys} has no key ${retire}` });
  if (kids.length === 1) {
    return err({
      kind: 'failed',
      message: `${retire} is the only key: rotate first, or make another with generate-keys`,
    });
  }
  return ok({ kind: 'retire', kids: [retire] });
}

export const licenceRotateCommand: Define = ({ program, world, withApi }) => {
  program
    .command('rotate')
    .description('the next step of a rotation of the keys that sign licences, as a file for the secret')
    .requiredOption('--keys <file>', 'the set that the API has: LICENSE_PRIVATE_KEYS, or secrets.json of npm start')
    .requiredOption('--out <file>', 'the set with the step done, mode 0600; a file that is there is never written over')
    .option('--wait', 'wait until the new key may sign')
    .option('--retire <kid>', 'leave this key out now, because it has leaked: its licences are none from then on')
    .option(...jsonOption)
    .action(withApi((api, options: Options) => rotate(world, api, options)));
};
