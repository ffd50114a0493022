/** The device limit of the licence, where it is enforced and in which words (docs/instance.md). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithout } from '../../harness/tools.ts';
import {
  addDevice,
  type Bundle,
  bundle,
  type Database,
  type Instance,
  makeSigner,
  missingPrograms,
  type Signer,
  startDatabase,
} from './program.ts';

const key = '/api/provisioning-keys';

describeWithout(missingPrograms, 'install postgresql', 'the device limit', () => {
  let program: Bundle;
  let database: Database;
  let signer: Signer;
  let instance: Instance;
  beforeAll(async () => {
    [program, signer, database] = await Promise.all([bundle(), makeSigner(), startDatabase()]);
  });
  afterAll(async () => {
    program.remove();
    await database.remove();
  });
  beforeEach(() => database.query('DROP OWNED BY instance; CREATE SCHEMA IF NOT EXISTS public'));
  afterEach(() => instance.stop());

  const startWith = async (licence?: string) => {
    const given = licence === undefined ? {} : { LICENSE_KEY: licence };
    instance = await program.start({ ...database.env, ...signer.env, ...given });
  };

  it('refuses the next provisioning key in the words that customers know, and nothing else', async () => {
    await startWith(await signer.licence('professional', 50));
    for (let n = 1; n <= 50; n += 1) await addDevice(instance, `device ${n}`);
    expect(await instance.call('POST', key)).toEqual({
      status: 403,
      body: {
        error: 'Device limit exceeded',
        message:
          'Your professional plan allows a maximum of 50 devices. You currently have 50 active devices. Please upgrade your plan to add more devices.',
        details: { currentDevices: 50, maxDevices: 50, plan: 'professional' },
      },
    });
    expect((await instance.call('GET', '/api/devices?limit=1')).body).toMatchObject({ total: 50 });
  });

  it('is not passed by keys that are made first, nor by keys that are asked for at once', async () => {
    await startWith(await signer.licence('starter', 3));
    const answers = await Promise.all(Array.from({ length: 12 }, () => instance.call('POST', key)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 201, ...Array(9).fill(403)]);
    const refused = await instance.call('POST', key);
    expect(refused.body.details).toEqual({ currentDevices: 3, maxDevices: 3, plan: 'starter', openKeys: 3 });
    const keys = answers.flatMap(({ body }) => body.provisioning_key ?? []);
    for (const provisioning_key of keys) {
      const made = await instance.call('POST', '/api/devices/register', { provisioning_key, name: 'late' });
      expect(made.status).toBe(201);
    }
    const again = await instance.call('POST', '/api/devices/register', { provisioning_key: keys[0], name: 'again' });
    expect(again).toMatchObject({ status: 401, body: { error: 'Unauthorized' } });
  });

  it('has room again when a device or an open key is removed', async () => {
    await startWith(await signer.licence('starter', 1));
    const { device_id: device } = await addDevice(instance, 'one');
    expect((await instance.call('POST', key)).status).toBe(403);
    expect((await instance.call('DELETE', `/api/devices/${device}`)).status).toBe(204);
    const made = await instance.call('POST', key);
    expect(made.status).toBe(201);
    expect((await instance.call('POST', key)).status).toBe(403);
    expect((await instance.call('DELETE', `${key}/${made.body.key_id}`)).status).toBe(204);
    expect((await instance.call('POST', key)).status).toBe(201);
  });

  it('is none where the plan has none', async () => {
    await startWith(await signer.licence('enterprise', null));
    for (let n = 0; n < 12; n += 1) expect((await instance.call('POST', key)).status).toBe(201);
    expect((await instance.call('GET', '/api/licence')).body.devices).toMatchObject({ limit: null, open_keys: 12 });
  });

  it('is two without a licence, for seven days that a restart does not begin again', async () => {
    await startWith();
    await addDevice(instance, 'one');
    await addDevice(instance, 'two');
    const refused = await instance.call('POST', key);
    expect(refused).toMatchObject({ status: 403, body: { error: 'Device limit exceeded' } });
    expect(refused.body.details).toMatchObject({ currentDevices: 2, maxDevices: 2, plan: 'unlicensed' });
    const { body } = await instance.call('GET', '/api/licence');
    expect(body).toMatchObject({ mode: 'unlicensed', code: 'no_licence' });
    expect(Date.parse(body.unlicensed_until) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    await instance.stop();
    await startWith();
    const after = (await instance.call('GET', '/api/licence')).body;
    expect(after.unlicensed_until).toBe(body.unlicensed_until);
  });

  it('is that of the licence which a mounted file brings, also one that comes later', async () => {
    const file = join(program.folder, 'license');
    writeFileSync(file, await signer.licence('starter', 1));
    instance = await program.start({ ...database.env, ...signer.env, LICENSE_KEY_FILE: file });
    expect((await instance.call('GET', '/api/licence')).body).toMatchObject({ plan: 'starter', devices: { limit: 1 } });
    writeFileSync(file, await signer.licence('professional', 50));
    expect((await instance.call('POST', '/api/licence/refresh')).body).toMatchObject({ plan: 'professional' });
  });

  it('counts for nothing when another customer’s licence is given', async () => {
    const foreign = (await signer.licence('enterprise', null)).split('.');
    foreign[1] = Buffer.from(JSON.stringify({ sub: 'cust_other' })).toString('base64url');
    await startWith(foreign.join('.'));
    expect((await instance.call('GET', '/api/licence')).body).toMatchObject({
      mode: 'unlicensed',
      devices: { limit: 2 },
    });
  });
});
