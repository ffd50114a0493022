/** Messages of devices over a real broker: kept, counted by quality of service, none lost while the instance is away. */
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../harness/eventually.ts';
import { type Mosquitto, startMosquitto } from '../../harness/mosquitto.ts';
import { describeWithout, describeWithTools } from '../../harness/tools.ts';
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

const qualities = [0, 1, 2] as const;

describeWithTools(['mosquitto'], 'MQTT', () => {
  describeWithout(missingPrograms, 'install postgresql', 'of an instance', () => {
    let program: Bundle;
    let database: Database;
    let mosquitto: Mosquitto;
    let env: Record<string, string>;
    let instance: Instance;
    let device: { device_id: string; device_token: string };
    let client: MqttClient;
    beforeAll(async () => {
      [program, database, mosquitto] = await Promise.all([bundle(), startDatabase(), startMosquitto()]);
      const signer = await makeSigner();
      const licence = await signer.licence('professional', 50);
      env = { ...database.env, ...signer.env, LICENSE_KEY: licence, MQTT_URL: mosquitto.url };
      instance = await program.start(env);
      device = await addDevice(instance, 'a sensor');
      client = await connectAsync(mosquitto.url, { clientId: device.device_id });
      await connected();
    });
    afterAll(async () => {
      await client.endAsync();
      await instance.stop();
      await Promise.all([mosquitto.stop(), database.remove()]);
      program.remove();
    });

    const usage = async () => (await instance.call('GET', '/api/usage')).body;
    const connected = () => eventually(usage, ({ broker }) => broker.connected);
    const heard = (id = device.device_id) => instance.call('GET', `/api/devices/${id}/messages`);
    const publish = (text: string, qos: 0 | 1 | 2, id = device.device_id) =>
      client.publishAsync(`devices/${id}/messages`, text, { qos });

    it('keeps what a device says, with the quality of service that it was said with, and counts it by that', async () => {
      for (const qos of qualities) for (let n = 0; n <= qos; n += 1) await publish(`q${qos} n${n}`, qos);
      const { body } = await eventually(heard, (answer) => answer.body.total === 6);
      expect(
        body.items.map((item: { payload: string; qos: number; via: string }) => [item.payload, item.qos, item.via]),
      ).toEqual(['q2 n2', 'q2 n1', 'q2 n0', 'q1 n1', 'q1 n0', 'q0 n0'].map((text) => [text, Number(text[1]), 'mqtt']));
      const { totals } = await usage();
      expect(totals.mqtt).toMatchObject({ messagesReceived: 6, bytesReceived: 30 });
      expect(qualities.map((qos) => totals.mqtt.byQos[qos].received)).toEqual([1, 2, 3]);
      const metrics = await (await fetch(`${instance.url}/metrics`)).text();
      expect(metrics).toContain('instance_mqtt_messages{direction="received",qos="2"} 3');
    });

    it('keeps nothing of a device that there is not, nor what is too large, and says so', async () => {
      const { broker } = await usage();
      await publish('from nowhere', 1, `dev_${'0'.repeat(32)}`);
      await client.publishAsync('devices/../messages', 'x', { qos: 1 });
      await publish('x'.repeat(70_000), 1);
      const after = await eventually(usage, (now) => now.broker.refused === broker.refused + 3);
      expect(after.broker.connected).toBe(true);
      expect((await heard()).body.items[0].payload).toBe('q2 n2');
    });

    it('carries a command to the device, and counts it as published', async () => {
      const commands: string[] = [];
      client.on('message', (_topic, payload) => commands.push(String(payload)));
      await client.subscribeAsync(`devices/${device.device_id}/commands`, { qos: 2 });
      const path = `/api/devices/${device.device_id}/commands`;
      expect(await instance.call('POST', path, { payload: 'blink', qos: 2 })).toMatchObject({ status: 202 });
      await eventually(
        async () => commands,
        (all) => all.includes('blink'),
      );
      expect((await usage()).totals.mqtt).toMatchObject({ messagesPublished: 1, bytesSent: 5 });
      expect(await instance.call('POST', '/api/devices/dev_none/commands', { payload: 'x' })).toMatchObject({
        status: 404,
      });
    });

    it('loses nothing that was said at QoS 1 while the instance was killed or its database away', async () => {
      const before = (await heard()).body.total;
      await instance.kill9();
      await publish('while it was away', 1);
      instance = await program.start(env);
      await eventually(heard, ({ body }) => body.items[0]?.payload === 'while it was away');
      await database.stop();
      await publish('without a database', 1);
      const waits = async () => instance.logs.some((line) => line.includes('waits for the database'));
      await eventually(waits, Boolean);
      await instance.kill9();
      await database.start();
      instance = await program.start(env);
      await eventually(heard, ({ body }) => body.items[0]?.payload === 'without a database');
      expect((await heard()).body.total).toBe(before + 2);
    });
  });
});
