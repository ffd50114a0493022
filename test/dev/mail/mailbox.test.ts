/** The mailbox of the embedded platform: what the Worker mails is a file, and its link signs in once. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { startPlatform } from '../../harness/platform.ts';

/** The parts of a mail as it is written: quoted-printable lines joined, and their octets decoded. */
const decoded = (eml: string): string =>
  eml
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, octet: string) => String.fromCharCode(Number.parseInt(octet, 16)));

describe('npm start', () => {
  it('keeps mails as files, and the link in one signs its reader in, once', async () => {
    const platform = await startPlatform({ env: { PROVISIONER_PROGRAM: 'off' } });
    onTestFinished(async () => {
      await platform.stop();
    });
    const post = (path: string, body: unknown) =>
      fetch(`${platform.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const email = 'ada@example.com';
    expect((await post('/api/customers/signup', { email, company_name: 'Ada' })).status).toBe(201);
    expect((await post('/api/sessions/links', { email: 'nobody@example.com' })).status).toBe(202);
    expect((await post('/api/sessions/links', { email })).status).toBe(202);
    const folder = join(platform.dataDir, 'mail');
    const [file = ''] = await eventually(
      async () => readdirSync(folder).filter((name) => name.endsWith('.eml')),
      (files) => files.length > 0,
    );
    const eml = readFileSync(join(folder, file), 'utf8');
    expect(eml).toMatch(/^To: .*ada@example\.com/m);
    expect(eml).toMatch(/^From: Tenantry <tenantry@tenantry\.localhost>/m);
    expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    const address = new RegExp(`${platform.url}/sign-in#link=([\\w-]{43})`).exec(decoded(eml));
    const link = address?.[1] ?? '';
    const answer = await post('/api/sessions', { link });
    expect(answer.status).toBe(201);
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(cookie).toMatch(/^tenantry=[0-9a-f]{64}$/);
    const current = await fetch(`${platform.url}/api/sessions/current`, { headers: { cookie } });
    expect(await current.json()).toMatchObject({ session: { name: email } });
    expect((await post('/api/sessions', { link })).status).toBe(401);
    expect(platform.logs.join('\n')).not.toContain(link);
    expect(platform.logs.join('\n')).toContain(`mail to ${email}: ${join(folder, file)}`);
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
