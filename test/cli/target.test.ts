import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTarget } from '../../cli/target.ts';

let folder: string;
let damaged: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-cli-'));
  damaged = await mkdtemp(join(tmpdir(), 'tenantry-cli-'));
  await writeFile(join(folder, 'ready.json'), JSON.stringify({ url: 'http://127.0.0.1:8787', admin_token: 'local' }));
  await writeFile(join(damaged, 'ready.json'), '{"url": ');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(damaged, { recursive: true });
});

describe('which API a command speaks to', () => {
  it('is what the environment says', async () => {
    const env = { BILLING_API_URL: 'https://billing.example.com/', ADMIN_API_TOKEN: 'given', DATA_DIR: folder };
    expect(await findTarget(env)).toEqual({ ok: true, value: { url: 'https://billing.example.com', token: 'given' } });
  });

  it('is the embedded platform when the environment says nothing', async () => {
    const local = { ok: true, value: { url: 'http://127.0.0.1:8787', token: 'local' } };
    expect(await findTarget({ DATA_DIR: folder })).toEqual(local);
    expect(await findTarget({ DATA_DIR: folder, BILLING_API_URL: '', ADMIN_API_TOKEN: '' })).toEqual(local);
  });

  it('is the embedded platform with a token that is given', async () => {
    const found = await findTarget({ DATA_DIR: folder, ADMIN_API_TOKEN: 'given' });
    expect(found).toEqual({ ok: true, value: { url: 'http://127.0.0.1:8787', token: 'given' } });
  });

  it("never sends the embedded platform's token to another host", async () => {
    const found = await findTarget({ DATA_DIR: folder, BILLING_API_URL: 'https://billing.example.com' });
    expect(found).toEqual({
      ok: false,
      error: { kind: 'usage', message: 'ADMIN_API_TOKEN is required for https://billing.example.com' },
    });
    const own = await findTarget({ DATA_DIR: folder, BILLING_API_URL: 'http://127.0.0.1:8787/' });
    expect(own.ok && own.value.token).toBe('local');
  });

  it.each([
    ['an address that is none', { BILLING_API_URL: 'billing', ADMIN_API_TOKEN: 'x' }, 'BILLING_API_URL must be'],
    ['another protocol', { BILLING_API_URL: 'ftp://a', ADMIN_API_TOKEN: 'x' }, 'BILLING_API_URL must be'],
    ['a token with a line break', { BILLING_API_URL: 'https://a', ADMIN_API_TOKEN: 'x\ny' }, 'ADMIN_API_TOKEN must'],
    [
      'a token in the clear',
      { BILLING_API_URL: 'http://a.example', ADMIN_API_TOKEN: 'x' },
      'BILLING_API_URL must be https, because ADMIN_API_TOKEN is sent to it',
    ],
    ['no platform', { DATA_DIR: '/nonexistent' }, 'run npm start'],
  ])('refuses %s with a line that says what to do', async (_, env, message) => {
    const found = await findTarget(env);
    expect(found.ok).toBe(false);
    expect(!found.ok && found.error.message).toContain(message);
  });

  it('is one on http elsewhere only when that is allowed', async () => {
    const env = { BILLING_API_URL: 'http://a.example', ADMIN_API_TOKEN: 'x', ALLOW_PLAIN_HTTP: 'true' };
    expect(await findTarget(env)).toEqual({ ok: true, value: { url: 'http://a.example', token: 'x' } });
  });

  it("is not the platform's on another machine by http", async () => {
    const elsewhere = await mkdtemp(join(folder, 'elsewhere-'));
    const ready = { url: 'http://a.example', admin_token: 'local' };
    await writeFile(join(elsewhere, 'ready.json'), JSON.stringify(ready));
    const found = await findTarget({ DATA_DIR: elsewhere });
    expect(!found.ok && found.error.message).toContain('ready.json names http://a.example');
    expect((await findTarget({ DATA_DIR: elsewhere, ALLOW_PLAIN_HTTP: 'true' })).ok).toBe(true);
  });

  it('says that the ready file is there and cannot be read, which is another thing than none', async () => {
    // A folder in its place: even root, as whom a test may run, cannot read that as a file.
    const unreadable = await mkdtemp(join(folder, 'unreadable-'));
    await mkdir(join(unreadable, 'ready.json'));
    const found = await findTarget({ DATA_DIR: unreadable });
    expect(!found.ok && found.error.message).toContain('ready.json is there, but this user cannot read it');
    const below = await findTarget({ DATA_DIR: join(folder, 'ready.json') });
    expect(!below.ok && below.error.message).toContain('run npm start');
  });

  it('says that the ready file is damaged', async () => {
    const found = await findTarget({ DATA_DIR: damaged });
    expect(!found.ok && found.error.message).toContain('ready.json is not a ready line');
  });
});
