import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLocalJWKSet, importSPKI, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/program.ts';
import { jwksOf, openKeyring, publicPem } from '../../src/licences/keyring.ts';
import { testWorld } from './harness.ts';

let folder: string;
let first: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-keys-'));
  first = join(folder, 'first.json');
  expect((await generate('--out', first)).exit).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

async function generate(...args: string[]) {
  const world = testWorld();
  const exit = await run(['generate-keys', ...args], world);
  return { exit, lines: world.lines, notes: world.notes };
}

const kidsOf = async (text: string): Promise<unknown[]> => jwksOf(await openKeyring(text)).keys.map((key) => key.kid);

describe('generate-keys', () => {
  it('prints a secret that the API takes, and the PEM that verifies what it signs', async () => {
    const { exit, lines } = await generate();
    expect(exit).toBe(0);
    const secret = /^LICENSE_PRIVATE_KEYS='(.*)'$/.exec(lines[0] ?? '')?.[1] ?? '';
    const pem = lines.slice(lines.findIndex((line) => line.startsWith('-----BEGIN'))).join('\n');
    const keyring = await openKeyring(secret);
    expect((await publicPem(keyring))?.trim()).toBe(pem);
    const key = keyring.keys[0]?.privateKey;
    if (key === undefined) throw new Error('no key');
    const token = await new SignJWT({ plan: 'starter' }).setProtectedHeader({ alg: 'RS256' }).sign(key);
    const verified = await jwtVerify(token, await importSPKI(pem, 'RS256'));
    expect(verified.payload).toEqual({ plan: 'starter' });
  });

  it('writes a file that only its owner reads, and prints nothing secret then', async () => {
    const path = join(folder, 'owner.json');
    const { lines, notes } = await generate('--out', path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const [key] = JSON.parse(await readFile(path, 'utf8')) as { d: string; p: string }[];
    expect(key?.d).toMatch(/^[A-Za-z0-9_-]{300,}$/);
    expect([...lines, ...notes].join('\n')).not.toContain(key?.d);
    expect([...lines, ...notes].join('\n')).not.toContain(key?.p);
    expect(lines.join('\n')).toContain('-----BEGIN PUBLIC KEY-----');
  });

  it('never writes over a file', async () => {
    const before = await readFile(first, 'utf8');
    const { exit, notes, lines } = await generate('--out', first);
    expect(exit).toBe(1);
    expect(notes).toEqual([`error: ${first} is there already; nothing was written`]);
    expect(lines).toEqual([]);
    expect(await readFile(first, 'utf8')).toBe(before);
  });

  it('rotates: the new key is published behind the old one, then signs, and the old one stays published', async () => {
    const added = join(folder, 'added.json');
    const promoted = join(folder, 'promoted.json');
    expect((await generate('--add', first, '--out', added)).exit).toBe(0);
    expect((await generate('--promote', added, '--out', promoted)).exit).toBe(0);
    const [old] = await kidsOf(await readFile(first, 'utf8'));
    const [signing, behind, ...rest] = await kidsOf(await readFile(added, 'utf8'));
    expect(signing).toBe(old);
    expect(behind).not.toBe(old);
    expect(rest).toEqual([]);
    expect(await kidsOf(await readFile(promoted, 'utf8'))).toEqual([behind, old]);
  });

  it('lets a licence of the old key verify after the rotation', async () => {
    const added = await generate('--add', first, '--json');
    const set = (JSON.parse(added.lines.join('')) as { license_private_keys: unknown[] }).license_private_keys;
    const oldKey = (await openKeyring(await readFile(first, 'utf8'))).keys[0];
    if (oldKey === undefined) throw new Error('no key');
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: oldKey.kid }).sign(oldKey.privateKey);
    const published = jwksOf(await openKeyring(JSON.stringify(set.toReversed()))) as JSONWebKeySet;
    expect((await jwtVerify(token, createLocalJWKSet(published))).protectedHeader.kid).toBe(oldKey.kid);
  });

  it.each([
    ['not JSON', '{', 'is not JSON'],
    ['an empty set', '[]', 'is not an array of private RSA JWKs'],
    ['a public key', '[{"kty":"RSA","n":"AQAB","e":"AQAB"}]', 'is not an array of private RSA JWKs (at 0.d)'],
    ['one key, no array', '{"kty":"RSA"}', 'is not an array of private RSA JWKs'],
  ])('refuses a file with %s', async (_, text, message) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, text);
    const { exit, notes } = await generate('--add', path);
    expect(exit).toBe(1);
    expect(notes).toEqual([`error: ${path}: ${message}`]);
  });

  it('refuses a set that has the same key twice, and one with a short key', async () => {
    const path = join(folder, 'bad.json');
    const [key] = JSON.parse(await readFile(first, 'utf8')) as Record<string, string>[];
    await writeFile(path, JSON.stringify([key, key]));
    expect((await generate('--promote', path)).notes).toEqual([`error: ${path}: has the same key twice`]);
    await writeFile(path, JSON.stringify([{ ...key, n: 'AQAB' }]));
    expect((await generate('--promote', path)).notes).toEqual([
      `error: ${path}: has a key of less than 2048 bits (at 0)`,
    ]);
  });

  it('says that a file cannot be read', async () => {
    const { exit, notes } = await generate('--add', join(folder, 'absent.json'));
    expect(exit).toBe(1);
    expect(notes).toEqual([expect.stringContaining('absent.json: cannot be read (ENOENT)')]);
  });

  it('warns when the secret is larger than Cloudflare holds', async () => {
    const large = join(folder, 'large.json');
    expect((await generate('--bits', '4096', '--out', large)).notes).toEqual([]);
    const { exit, notes } = await generate('--bits', '4096', '--add', large);
    expect(exit).toBe(0);
    expect(notes).toContainEqual(expect.stringMatching(/^warning: \d+ bytes; Cloudflare holds 5120/));
  });

  it('writes the pair as PEM under the names of older guides, and takes it back', async () => {
    const pems = join(folder, 'keys');
    const made = await generate('--pem', pems, '--out', join(folder, 'paired.json'));
    expect(made.exit).toBe(0);
    const [privatePath, publicPath] = [join(pems, 'private-key.pem'), join(pems, 'public-key.pem')];
    expect((await stat(privatePath)).mode & 0o777).toBe(0o600);
    const [key] = await kidsOf(await readFile(join(folder, 'paired.json'), 'utf8'));
    expect((await publicPem(await openKeyring(await readFile(join(folder, 'paired.json'), 'utf8'))))?.trim()).toBe(
      (await readFile(publicPath, 'utf8')).trim(),
    );
    const secret = (await readFile(privatePath, 'utf8')).split('\n')[1] ?? '';
    expect([...made.lines, ...made.notes].join('\n')).not.toContain(secret);
    const back = join(folder, 'back.json');
    expect((await generate('--from', privatePath, '--out', back)).exit).toBe(0);
    expect(await kidsOf(await readFile(back, 'utf8'))).toEqual([key]);
    expect((await generate('--pem', pems)).notes).toEqual([
      `error: ${privatePath} is there already; nothing was written`,
    ]);
    expect((await generate('--from', publicPath)).notes).toEqual([
      `error: ${publicPath}: is not a private RSA key in PKCS #8 PEM (-----BEGIN PRIVATE KEY-----)`,
    ]);
  });

  it('takes the path of the pair out of LICENSE_PRIVATE_KEY_PATH', async () => {
    const pems = join(folder, 'named');
    await generate('--pem', pems);
    const world = testWorld({ LICENSE_PRIVATE_KEY_PATH: join(pems, 'private-key.pem') });
    expect(await run(['generate-keys', '--from'], world)).toBe(0);
    expect(world.lines[0]).toMatch(/^LICENSE_PRIVATE_KEYS='/);
    expect(await run(['generate-keys', '--from'], testWorld())).toBe(2);
  });

  it('runs as the script that package.json names', async () => {
    const root = join(import.meta.dirname, '../..');
    const node = join(root, 'node_modules/.bin/node');
    const { stdout } = await promisify(execFile)(node, [join(root, 'cli/tenantry.ts'), 'generate-keys', '--json'], {
      cwd: folder,
    });
    const { license_private_keys: set } = JSON.parse(stdout) as { license_private_keys: unknown[] };
    expect(await kidsOf(JSON.stringify(set))).toHaveLength(1);
  });
});
