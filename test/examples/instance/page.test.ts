/** The page: what it shows, that its forms work, and that nothing which people have typed does anything in it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithout } from '../../harness/tools.ts';
import {
  addDevice,
  type Bundle,
  bundle,
  type Database,
  type Instance,
  makeSigner,
  missingPrograms,
  startDatabase,
} from './program.ts';

const hostile = `"><script>alert(1)</script>'<img src=x onerror=alert(1)>&{{7*7}}`;
const adminToken = 'a-token-of-the-tests';

describeWithout(missingPrograms, 'install postgresql', 'the page', () => {
  let program: Bundle;
  let database: Database;
  let env: Record<string, string>;
  let instance: Instance;
  const started: Instance[] = [];
  const start = async (more: Record<string, string> = {}): Promise<Instance> => {
    const one = await program.start({ ...env, ...more });
    started.push(one);
    return one;
  };
  beforeAll(async () => {
    [program, database] = await Promise.all([bundle(), startDatabase()]);
    const signer = await makeSigner();
    const licence = await signer.licence('professional', 4);
    env = { ...database.env, ...signer.env, LICENSE_KEY: licence, COMPANY_NAME: `Acme ${hostile}` };
    instance = await start();
  });
  afterAll(async () => {
    await Promise.all(started.map(({ stop }) => stop()));
    await database.remove();
    program.remove();
  });

  const get = async ({ url }: Instance, headers = {}) => {
    const answer = await fetch(url, { headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const post = async ({ url }: Instance, path: string, fields: Record<string, string>, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: url, ...headers },
      redirect: 'manual',
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  it('shows devices, licence and limits, and names that do nothing', async () => {
    await addDevice(instance, hostile);
    const { status, headers, text } = await get(instance);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(text).toContain('Plan <strong>professional</strong>');
    expect(text).toContain('1 of 4 devices');
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).not.toMatch(/<script|<img|<style|\son\w+=(?!alert\(1\)&gt;)|javascript:/i);
    expect((await fetch(`${instance.url}/style.css`)).headers.get('content-type')).toContain('text/css');
  });

  it('makes a key and registers a device by forms, shows each secret once, and tells a refusal in the words of the API', async () => {
    const made = await post(instance, '/keys', { name: 'by hand' });
    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const key = /<code>(pk_[0-9a-f]{48})<\/code>/.exec(made.text)?.[1] ?? '';
    const registered = await post(instance, '/devices', { provisioning_key: key, name: 'by hand too' });
    expect(registered.text).toMatch(/<code>dt_[0-9a-f]{48}<\/code>/);
    expect((await get(instance)).text).not.toMatch(/pk_[0-9a-f]{48}|dt_[0-9a-f]{48}/);
    for (let n = 0; n < 2; n += 1) await post(instance, '/keys', { name: `more ${n}` });
    const refused = await post(instance, '/keys', { name: 'one too many' });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Your professional plan allows a maximum of 4 devices.');
    const wrong = await post(instance, '/devices', { provisioning_key: hostile, name: 'x' });
    expect(wrong.text).toContain('The provisioning key is unknown, used or too old.');
    const { body } = await instance.call('GET', '/api/devices');
    const { device_id: id } = body.items.find((item: { name: string }) => item.name === 'by hand too');
    expect(await post(instance, `/devices/${id}/remove`, {})).toMatchObject({ status: 303 });
    expect((await get(instance)).text).not.toContain(id);
  });

  it('changes nothing that a page of another site asks for', async () => {
    const before = (await instance.call('GET', '/api/provisioning-keys')).body.total;
    for (const headers of [
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: 'null' },
    ]) {
      expect((await post(instance, '/keys', { name: 'x' }, headers)).status).toBe(403);
      expect((await post(instance, '/api/provisioning-keys', {}, headers)).status).toBe(403);
    }
    expect((await instance.call('GET', '/api/provisioning-keys')).body.total).toBe(before);
  });

  it('is the same in a process of its own, which has the API alone', async () => {
    const api = await start({ ROLE: 'api' });
    expect((await get(api)).status).toBe(404);
    const page = await start({ ROLE: 'dashboard', API_URL: api.url, PGHOST: 'nowhere.invalid' });
    expect((await get(page)).text).toContain('of 4 devices');
    expect((await page.call('GET', '/api/devices')).status).toBe(404);
    expect((await post(page, '/keys', { name: 'the last' })).status).toBe(201);
    expect((await post(page, '/keys', { name: 'one too many' })).text).toContain('allows a maximum of 4 devices');
  });

  it('says so, as a page, where the API does not answer', async () => {
    const page = await program.start({ ROLE: 'dashboard', API_URL: 'http://127.0.0.1:9' }, 'listening');
    started.push(page);
    const { status, text } = await get(page);
    expect(status).toBe(502);
    expect(text).toContain('The instance cannot be asked just now.');
    expect((await fetch(`${page.url}/ready`)).status).toBe(503);
  });

  it('asks for the administrator’s token where there is one, and devices for nothing but theirs', async () => {
    const guarded = await start({ ADMIN_TOKEN: adminToken });
    expect((await get(guarded)).status).toBe(401);
    const basic = `Basic ${Buffer.from(`anybody:${adminToken}`).toString('base64')}`;
    expect((await get(guarded, { authorization: basic })).text).toContain('of 4 devices');
    const wrong = `Basic ${Buffer.from('anybody:wrong').toString('base64')}`;
    expect((await get(guarded, { authorization: wrong })).status).toBe(401);
    for (const path of ['/api/devices', '/api/provisioning-keys', '/api/licence', '/api/usage'])
      expect([path, (await fetch(`${guarded.url}${path}`)).status]).toEqual([path, 401]);
    expect((await guarded.call('GET', '/api/devices', undefined, 'wrong')).body).toMatchObject({
      error: 'Unauthorized',
    });
    const authorization = `Bearer ${adminToken}`;
    expect((await fetch(`${guarded.url}/api/devices`, { headers: { authorization } })).status).toBe(200);
    const registering = await guarded.call('POST', '/api/devices/register', { provisioning_key: 'x', name: 'x' });
    expect(registering.body.message).toBe('The provisioning key is unknown, used or too old.');
    expect((await fetch(`${guarded.url}/ready`)).status).toBe(200);
  });
});
