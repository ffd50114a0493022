/** An instance of the embedded platform's customer: it pulls the licence by its reporter's key, and its usage arrives in windows. */
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { type Mosquitto, startMosquitto } from '../../harness/mosquitto.ts';
import { startPlatform, type TestPlatform } from '../../harness/platform.ts';
import { describeWithout, describeWithTools } from '../../harness/tools.ts';
import {
  addDevice,
  type Bundle,
  bundle,
  type Database,
  type Instance,
  missingPrograms,
  startDatabase,
} from './program.ts';

const meters = [
  'api_calls',
  'http_bytes',
  'mqtt_bytes',
  'mqtt_messages',
  'device_peak',
  'device_total',
  'postgres_mib_s',
  'postgres_rows',
];
/** A window of a minute, 10 s until it is closed, up to 30 s until it is sent, on a machine that does other things. */
const windowMs = 240_000;
/** The list of revocations may be held for a moment on its way. */
const pollAtMost = { timeout: 60_000, interval: 1_000 };

describeWithTools(['mosquitto'], 'usage', () => {
  describeWithout(missingPrograms, 'install postgresql', 'of an instance', () => {
    let program: Bundle;
    let database: Database;
    let mosquitto: Mosquitto;
    let platform: TestPlatform;
    let instance: Instance;
    let customerId: string;
    let env: Record<string, string>;
    beforeAll(async () => {
      [program, database, mosquitto] = await Promise.all([bundle(), startDatabase(), startMosquitto()]);
      platform = await startPlatform({ env: { ALLOW_SHORT_WINDOWS: 'true', PROVISIONER_PROGRAM: 'off' } });
      const signup = await api('POST', '/api/customers/signup', { email: 'a@example.com', company_name: 'Acme' });
      customerId = signup.customer.customer_id;
      const instanceId = `app-${signup.customer.short_id}`;
      const reporter = await api('POST', `/api/customers/${customerId}/reporters`, {
        instance_id: instanceId,
        meters,
        window_seconds: 60,
      });
      env = {
        ...database.env,
        CUSTOMER_ID: customerId,
        BILLING_API_URL: platform.url,
        API_KEY: reporter.api_key,
        MQTT_URL: mosquitto.url,
      };
      instance = await program.start(env);
    });
    afterAll(async () => {
      await instance?.stop();
      await Promise.all([platform?.stop(), mosquitto.stop(), database.remove()]);
      program.remove();
    });

    const api = async (method: string, path: string, body?: unknown) => {
      const answer = await fetch(`${platform.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${platform.ready.admin_token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return await answer.json();
    };

    it(
      'is what was done with it: calls, messages, devices, each once',
      async () => {
        const licence = await instance.call('GET', '/api/licence');
        expect(licence.body).toMatchObject({
          mode: 'licensed',
          plan: 'starter',
          devices: { limit: 10 },
        });
        const devices = [
          await addDevice(instance, 'a'),
          await addDevice(instance, 'b'),
          await addDevice(instance, 'c'),
        ];
        const client = await connectAsync(mosquitto.url);
        for (const [n, { device_id: id }] of devices.entries())
          await client.publishAsync(`devices/${id}/messages`, 'twelve bytes', { qos: n as 0 | 1 | 2 });
        await client.endAsync();
        await eventually(
          () => database.query('SELECT count(*) FROM messages'),
          (count) => count === '3',
        );
        const totals = async () => (await api('GET', `/api/usage/${customerId}?granularity=window`)).totals;
        await expect.poll(totals, { timeout: windowMs, interval: 1_000 }).toMatchObject({
          api_calls: 7,
          mqtt_messages_received: 3,
          mqtt_bytes_received: 36,
          mqtt_messages_published: 0,
          active_devices: 3,
          total_devices: 3,
        });
        const usage = (await instance.call('GET', '/api/usage')).body;
        expect(usage.reporter).toMatchObject({ state: 'reporting', windowSeconds: 60, refused: [], trouble: null });
      },
      windowMs + 60_000,
    );

    it('makes no key once the licence is revoked, and makes them again with the next one', async () => {
      const licence = async () => (await instance.call('POST', '/api/licence/refresh')).body;
      await api('POST', `/api/licenses/${customerId}/revoke`, { reason: 'a test' });
      await expect.poll(licence, pollAtMost).toMatchObject({ mode: 'unlicensed', code: 'revoked', plan: 'unlicensed' });
      const refused = await instance.call('POST', '/api/provisioning-keys');
      expect(refused).toMatchObject({
        status: 403,
        body: {
          error: 'Device limit exceeded',
          details: { currentDevices: 3, maxDevices: 2, plan: 'unlicensed' },
        },
      });
      await api('POST', '/api/licenses/reissue', { customer_ids: [customerId], reason: 'a test' });
      await expect.poll(licence, pollAtMost).toMatchObject({ mode: 'licensed', code: 'valid', plan: 'starter' });
      expect((await instance.call('POST', '/api/provisioning-keys')).status).toBe(201);
    });

    it('goes on with the last licence, which its database keeps, while the billing API is away', async () => {
      await platform.kill9();
      await instance.stop();
      instance = await program.start(env);
      expect((await instance.call('GET', '/api/licence')).body).toMatchObject({
        mode: 'licensed',
        devices: { active: 3 },
      });
      expect((await instance.call('POST', '/api/provisioning-keys')).status).toBe(201);
    });
  });
});
