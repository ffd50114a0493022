/**
 * `generate-keys`: the secret LICENSE_PRIVATE_KEYS, new or with one key more, and the public PEM for instances. Prints the
 * secret, or writes it to a file that only its owner reads and that was not there before.
 */
import { open, readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { z } from 'zod';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { by, type Define, type Done, done } from '../command.ts';
import type { Failure } from '../failure.ts';
import {
  type KeyBits,
  type KeySet,
  keyBits,
  kidOf,
  newKey,
  publicPemOf,
  readKeySet,
  secretBytesMax,
  textOf,
  withLastInFront,
  withNew,
} from '../licence-keys.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  out?: string;
  add?: string;
  promote?: string;
  bits: KeyBits;
}

const bits = z
  .enum(keyBits.map(String), `must be one of ${keyBits.join(', ')}`)
  .transform((text) => keyBits.find((size) => String(size) === text) ?? keyBits[0]);
const ownerOnly = 0o600;
const failed = (message: string) => err<Failure>({ kind: 'failed', message });

async function readSetFrom(path: string): Promise<Result<KeySet, Failure>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return failed(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  const set = readKeySet(text);
  return set.ok ? set : failed(`${path}: ${set.error}`);
}

/** Creates the file or fails: `wx` refuses one that is there, so that no key is ever lost by writing over it. */
async function writeNew(path: string, text: string): Promise<Result<void, Failure>> {
  try {
    const file = await open(path, 'wx', ownerOnly);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failed(
      code === 'EEXIST' ? `${path} is there already; nothing was written` : `${path}: cannot be written (${code})`,
    );
  }
}

async function wantedSet(options: Options): Promise<Result<KeySet, Failure>> {
  if (options.promote !== undefined) {
    const set = await readSetFrom(options.promote);
    return set.ok ? ok(withLastInFront(set.value)) : set;
  }
  if (options.add !== undefined) {
    const set = await readSetFrom(options.add);
    return set.ok ? ok(withNew(set.value, await newKey(options.bits))) : set;
  }
  return ok([await newKey(options.bits)]);
}

async function generate(world: World, options: Options): Done {
  const wanted = await wantedSet(options);
  if (!wanted.ok) return wanted;
  const set = wanted.value;
  const text = textOf(set);
  if (options.out !== undefined) {
    const written = await writeNew(options.out, text);
    if (!written.ok) return written;
  }
  const keys = await Promise.all(
    set.map(async (key, i) => ({ kid: await kidOf(key), signs: i === 0, public_key: await publicPemOf(key) })),
  );
  const secret = options.out === undefined ? { license_private_keys: set } : { file: options.out };
  print(world, options, { ...secret, keys }, [
    ...(options.out === undefined
      ? [`LICENSE_PRIVATE_KEYS='${text}'`]
      : [`${options.out}: LICENSE_PRIVATE_KEYS, mode 0600`]),
    ...keys.flatMap((key) => [
      '',
      `# ${key.kid} (${key.signs ? 'signs' : 'published'})`,
      ...key.public_key.trimEnd().split('\n'),
    ]),
  ]);
  if (options.out === undefined) world.note('Keep the first line secret: it signs licences. The PEM is for instances.');
  if (Buffer.byteLength(text) > secretBytesMax) {
    world.note(`warning: ${Buffer.byteLength(text)} bytes; Cloudflare holds ${secretBytesMax} in one secret`);
  }
  return done;
}

export const generateKeysProgram: Define = ({ program, world, alone }) => {
  program
    .description('Keys that sign licences: LICENSE_PRIVATE_KEYS, and the public PEM for instances')
    .option('--out <file>', 'write the secret here, mode 0600; a file that is there is never written over')
    .addOption(
      new Option('--add <file>', 'rotation, first step: the set of this file with a new key behind it').conflicts(
        'promote',
      ),
    )
    .option('--promote <file>', 'rotation, second step: the set of this file with its last key in front')
    .option('--bits <n>', `size of a new key: ${keyBits.join(', ')}`, by(bits), keyBits[0])
    .option(...jsonOption)
    .action(alone((options: Options) => generate(world, options)));
};
