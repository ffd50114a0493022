/** What an instance's operator relies on: it starts, ends, is killed and heals without losing what it has answered for. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { describeWithout } from '../../harness/tools.ts';
import {
  addDevice,
  type Bundle,
  bundle,
  customerId,
  type Database,
  type Instance,
  makeSigner,
  missingPrograms,
  startDatabase,
} from './program.ts';

describeWithout(missingPrograms, 'install postgresql', 'an instance', () => {
  let program: Bundle;
  let database: Database;
  let env: Record<string, string>;
  let instance: Instance;
  beforeAll(async () => {
    [program, database] = await Promise.all([bundle(), startDatabase()]);
    const signer = await makeSigner();
    env = { ...database.env, ...signer.env, LICENSE_KEY: await signer.licence('enterprise', null) };
    instance = await program.start(env);
  });
  afterAll(async () => {
    await instance.stop();
    await database.remove();
    program.remove();
  });

  it('makes its schema as a user who is no superuser', async () => {
    expect(await database.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toBe('f');
    expect(await database.query('SELECT count(*) FROM migrations')).toBe('3');
  });

  it('has every device that it has answered for after a kill -9, and no other', async () => {
    const answered: string[] = [];
    const working = (async () => {
      for (;;) answered.push((await addDevice(instance, 'a device')).device_id);
    })().catch(() => undefined);
    await eventually(
      async () => answered.length,
      (count) => count >= 20,
    );
    await instance.kill9();
    await working;
    instance = await program.start(env);
    const { body } = await instance.call('GET', '/api/devices?limit=200');
    const kept: string[] = body.items.map((item: { device_id: string }) => item.device_id);
    expect(answered.filter((id) => !kept.includes(id))).toEqual([]);
    // One may have been made whose answer the kill cut off.
    expect(kept.length - answered.length).toBeLessThanOrEqual(1);
  });

  it('knows a device by its token alone, and takes what it says over HTTP', async () => {
    const { device_id: id, device_token: token } = await addDevice(instance, 'a sensor');
    const other = await addDevice(instance, 'another');
    expect(await instance.call('POST', `/api/devices/${id}/heartbeat`, undefined, token)).toMatchObject({
      status: 204,
    });
    expect(await instance.call('POST', `/api/devices/${id}/messages`, { t: 21.5 }, token)).toMatchObject({
      status: 202,
    });
    for (const wrong of [undefined, 'x', other.device_token])
      expect(await instance.call('POST', `/api/devices/${id}/messages`, {}, wrong)).toMatchObject({ status: 401 });
    const { body } = await instance.call('GET', `/api/devices/${id}/messages`);
    expect(body).toMatchObject({ total: 1, items: [{ payload: '{"t":21.5}', via: 'http', qos: null }] });
    await instance.call('DELETE', `/api/devices/${id}`);
    expect(await instance.call('POST', `/api/devices/${id}/heartbeat`, undefined, token)).toMatchObject({
      status: 401,
    });
  });

  it('refuses what is not as it should be, with what is wrong', async () => {
    const bad = await instance.call('POST', '/api/provisioning-keys', { name: 'a\u0000b', more: 1 });
    expect(bad).toMatchObject({ status: 400, body: { error: 'Bad request' } });
    expect(JSON.stringify(bad.body.details.issues)).toContain('control characters');
    const large = { provisioning_key: 'x', name: 'x'.repeat(70_000) };
    expect(await instance.call('POST', '/api/devices/register', large)).toMatchObject({ status: 413 });
  });

  it('is alive but not ready without its database, and heals when that is back', async () => {
    await database.stop();
    await eventually(
      () => fetch(`${instance.url}/ready`),
      ({ status }) => status === 503,
    );
    expect((await fetch(`${instance.url}/health`)).status).toBe(200);
    expect((await fetch(`${instance.url}/metrics`)).status).toBe(200);
    await database.start();
    await eventually(
      () => fetch(`${instance.url}/ready`),
      ({ status }) => status === 200,
    );
    expect((await instance.call('GET', '/api/devices')).status).toBe(200);
  });

  it('waits for a database that comes later than it', async () => {
    await instance.stop();
    await database.stop();
    instance = await program.start(env, 'listening');
    expect((await fetch(`${instance.url}/health`)).status).toBe(200);
    expect((await fetch(`${instance.url}/ready`)).status).toBe(503);
    expect((await instance.call('GET', '/api/devices')).status).toBe(503);
    await database.start();
    await eventually(
      () => fetch(`${instance.url}/ready`),
      ({ status }) => status === 200,
    );
  });

  it('shows Prometheus its calls by route, and no series for what anybody makes up', async () => {
    await instance.call('GET', '/api/devices/dev_1/messages');
    for (const path of ['/api/a', '/api/b', '/api/c']) await instance.call('GET', path);
    const text = await (await fetch(`${instance.url}/metrics`)).text();
    expect(text).toContain('http_requests_total{method="GET",route="/api/devices/:deviceId/messages",status="404"} 1');
    expect(text).toContain('http_requests_total{method="GET",route="none",status="404"} 3');
    expect(text).toMatch(/^api_response_time_bucket\{le="0\.005",method="GET",/m);
    expect(text).toMatch(/^instance_devices\{state="active"\} \d+$/m);
    expect(text).toMatch(/^instance_devices_limit \+Inf$/m);
  });

  it('ends in order: what was asked is answered, the exit code is 0', async () => {
    const open = async () =>
      Number(await database.query('SELECT count(*) FROM provisioning_keys WHERE used_at IS NULL'));
    // A kill of another test may have left one that nobody heard of.
    const before = await open();
    const asked = Array.from({ length: 20 }, () => instance.call('POST', '/api/provisioning-keys'));
    const stopped = instance.stop();
    const answers = await Promise.allSettled(asked);
    expect(await stopped).toBe(0);
    const made = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.status === 201).length;
    expect((await open()) - before).toBe(made);
    instance = await program.start(env);
  });

  it('says a line for each setting that is wrong, and does not start', async () => {
    const wrong = { CUSTOMER_ID: 'x', PORT: 'y', MQTT_URL: 'http://a', API_KEY_FILE: '/nowhere' };
    const error = await program.start(wrong, 'listening').catch((failed: Error) => failed.message);
    for (const name of ['CUSTOMER_ID', 'PORT', 'MQTT_URL']) expect(error).toContain(`${name}: `);
    const missing = await program
      .start({ CUSTOMER_ID: customerId }, 'listening')
      .catch((failed: Error) => failed.message);
    expect(missing).toContain('BILLING_API_URL: is required');
    expect(missing).toContain('API_KEY or LICENSE_PUBLIC_KEY');
  });
});
