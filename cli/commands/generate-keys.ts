/**
 * `generate-keys`: the secret LICENSE_PRIVATE_KEYS, or with `--statements` STATEMENT_PRIVATE_KEYS (statement-keys.ts), new or with one key more, and the public PEM for instances. Prints the
 * secret, or writes it to a file that only its owner reads and that was not there before.
 */
import { join } from 'node:path';
import { Option } from 'commander';
import { z } from 'zod';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { by, type Define, type Done, done } from '../command.ts';
import type { Failure } from '../failure.ts';
import { readSetFrom, readText, writeNew } from '../key-files.ts';
import {
  type KeyBits,
  type KeySet,
  keyBits,
  keyFromPem,
  kidOf,
  newKey,
  type PrivateJwk,
  privatePemOf,
  publicPemOf,
  secretBytesMax,
  textOf,
  withLastInFront,
  withNew,
} from '../licence-keys.ts';
import { type JsonOption, jsonOption, print } from '../output.ts';
import { generateStatementKeys } from '../statement-keys.ts';
import type { World } from '../world.ts';

interface Options extends JsonOption {
  out?: string;
  add?: string;
  promote?: string;
  from?: string | true;
  pem?: string | true;
  bits: KeyBits;
  statements?: true;
}

const bits = z
  .enum(keyBits.map(String), `must be one of ${keyBits.join(', ')}`)
  .transform((text) => keyBits.find((size) => String(size) === text) ?? keyBits[0]);
const failed = (message: string) => err<Failure>({ kind: 'failed', message });
/** Seed 004's names of a pair. */
const pemFolder = 'keys';
const pemNames = { private: 'private-key.pem', public: 'public-key.pem' } as const;

async function setFromPem({ env }: World, from: string | true): Promise<Result<KeySet, Failure>> {
  const path = from === true ? env['LICENSE_PRIVATE_KEY_PATH'] : from;
  if (!path)
    return err({ kind: 'usage', message: '--from needs a file, or LICENSE_PRIVATE_KEY_PATH in the environment' });
  const pem = await readText(path);
  if (!pem.ok) return pem;
  const key = await keyFromPem(pem.value);
  return key.ok ? ok([key.value]) : failed(`${path}: ${key.error}`);
}

async function wantedSet(world: World, options: Options): Promise<Result<KeySet, Failure>> {
  if (options.from !== undefined) return await setFromPem(world, options.from);
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

/** The key that signs as a pair of PEM files; neither is ever written over. @returns the two paths */
async function writePems(key: PrivateJwk, folder: string): Promise<Result<string[], Failure>> {
  const [privatePath, publicPath] = [join(folder, pemNames.private), join(folder, pemNames.public)];
  const written = await writeNew(privatePath, await privatePemOf(key));
  if (!written.ok) return written;
  const published = await writeNew(publicPath, await publicPemOf(key), { isPublic: true });
  return published.ok ? ok([privatePath, publicPath]) : published;
}

async function generate(world: World, options: Options): Done {
  const wanted = await wantedSet(world, options);
  if (!wanted.ok) return wanted;
  const set = wanted.value;
  const text = textOf(set);
  if (options.out !== undefined) {
    const written = await writeNew(options.out, text);
    if (!written.ok) return written;
  }
  const [first] = set;
  const pems =
    options.pem === undefined || first === undefined
      ? ok([])
      : await writePems(first, options.pem === true ? pemFolder : options.pem);
  if (!pems.ok) return pems;
  const isKept = options.out !== undefined || pems.value.length > 0;
  const keys = await Promise.all(
    set.map(async (key, i) => ({ kid: await kidOf(key), signs: i === 0, public_key: await publicPemOf(key) })),
  );
  const secret = {
    ...(isKept ? {} : { license_private_keys: set }),
    ...(options.out === undefined ? {} : { file: options.out }),
    ...(pems.value.length === 0 ? {} : { pem_files: pems.value }),
  };
  print(world, options, { ...secret, keys }, [
    ...(isKept ? [] : [`LICENSE_PRIVATE_KEYS='${text}'`]),
    ...(options.out === undefined ? [] : [`${options.out}: LICENSE_PRIVATE_KEYS, mode 0600`]),
    ...pems.value.map((path, i) => `${path}: ${i === 0 ? 'the private key, mode 0600' : 'the public key'}`),
    ...keys.flatMap((key) => [
      '',
      `# ${key.kid} (${key.signs ? 'signs' : 'published'})`,
      ...key.public_key.trimEnd().split('\n'),
    ]),
  ]);
  if (!isKept) world.note('Keep the first line secret: it signs licences. The PEM is for instances.');
  if (Buffer.byteLength(text) > secretBytesMax) {
    world.note(`warning: ${Buffer.byteLength(text)} bytes; Cloudflare holds ${secretBytesMax} in one secret`);
  }
  return done;
}

export const generateKeysProgram: Define = ({ program, world, alone }) => {
  program
    .description(
      'Keys that sign licences: LICENSE_PRIVATE_KEYS, and the public PEM for instances; or those of statements',
    )
    .option('--out <file>', 'write the secret here, mode 0600; a file that is there is never written over')
    .addOption(
      new Option('--add <file>', 'rotation, first step: the set of this file with a new key behind it').conflicts([
        'promote',
        'from',
      ]),
    )
    .addOption(
      new Option(
        '--promote <file>',
        'rotation, second step: the set of this file with its last key in front',
      ).conflicts('from'),
    )
    .option('--from [file]', 'the set of a private PEM that is there; LICENSE_PRIVATE_KEY_PATH unless named')
    .option(
      '--pem [folder]',
      `write the signing key as ${pemNames.private} and ${pemNames.public} here (default: ${pemFolder})`,
    )
    .addOption(
      new Option('--statements', 'the keys that sign statements of invoices instead: STATEMENT_PRIVATE_KEYS').conflicts(
        ['promote', 'from', 'pem'],
      ),
    )
    .option('--bits <n>', `size of a new key: ${keyBits.join(', ')}`, by(bits), keyBits[0])
    .option(...jsonOption)
    .action(
      alone((options: Options) =>
        options.statements ? generateStatementKeys(world, options) : generate(world, options),
      ),
    );
};
