/** The load of the broker, against a broker of this machine: it really publishes, and somebody hears it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect, it, vi } from 'vitest';
import { type Mosquitto, startMosquitto } from '../harness/mosquitto.ts';
import { describeWithTools } from '../harness/tools.ts';
import { busyBroker } from './load.ts';
import { everyCharacter } from './stack.ts';

const [publishes, subscriptions] = ['load/steady', '$SYS/broker/subscriptions/count'];

describeWithTools(['mosquitto'], 'the load of the broker', () => {
  let broker: Mosquitto | undefined;
  let load: ChildProcess | undefined;
  let listener: MqttClient | undefined;
  afterEach(async () => {
    load?.kill();
    await listener?.endAsync(true);
    await broker?.stop();
  });

  it('publishes steadily as the user that it is given, and subscribes to it', async () => {
    const user = { name: 'api', password: everyCharacter };
    broker = await startMosquitto({ user, settings: ['sys_interval 1'] });
    listener = await connectAsync(broker.url, { username: user.name, password: user.password });
    const heard: Record<string, string[]> = { [publishes]: [], [subscriptions]: [] };
    listener.on('message', (topic, payload) => heard[topic]?.push(String(payload)));
    await listener.subscribeAsync([publishes, subscriptions]);
    load = spawn(process.execPath, ['-e', busyBroker], {
      env: { MQTT_URL: broker.url, MQTT_USERNAME: user.name, MQTT_PASSWORD: user.password },
      stdio: 'ignore',
    });
    await vi.waitFor(() => expect(heard[publishes]?.length).toBeGreaterThan(20), { timeout: 30_000 });
    expect(new Set(heard[publishes])).toEqual(new Set(['x'.repeat(100)]));
    // This listener's two, and the load's own.
    await vi.waitFor(() => expect(heard[subscriptions]?.at(-1)).toBe('3'), { timeout: 30_000 });
  });
});
