/** Talking to the parts of a stack on a real node as their clients do. Owns the connections; what is said is the test's. */
import { spawn } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { connectAsync, type MqttClient } from 'mqtt';
import type { TestNode } from '../harness/node.ts';
import { toolPath } from '../harness/tools.ts';
import { inPod, namespace, podOf, sql } from './stack.ts';

export const devicePassword = 'of a device';

/** Makes a user of the broker who may use its own topics, by the tables that the application writes. */
export async function addDevice(node: TestNode, name: string): Promise<void> {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(devicePassword, salt, 1000, 64, 'sha512').toString('base64');
  const encoded = `PBKDF2$sha512$1000$${salt.toString('base64')}$${hash}`;
  await sql(node, `INSERT INTO mqtt.users (username, password_hash) VALUES ('${name}', '${encoded}')`, 'instance');
  await sql(node, `INSERT INTO mqtt.acls (username, topic, access) VALUES ('${name}', 'devices/%u/#', 7)`, 'instance');
}

/** What redis-cli prints, within the pod. */
export async function redis(node: TestNode, command: string): Promise<string> {
  const { name } = await podOf(node, 'redis');
  const program = `REDISCLI_AUTH="$(cat "$PASSWORD_FILE")" redis-cli ${command}`;
  return (await node.kubectl('-n', namespace, 'exec', name, '--', 'sh', '-c', program)).trim();
}

/** Messages that the broker has been sent, by its exporter. */
export async function published(node: TestNode): Promise<number> {
  const { name } = await podOf(node, 'mosquitto-exporter');
  const read = `fetch('http://127.0.0.1:9234/metrics').then(async (answer) => console.log(await answer.text()))`;
  const [, count] =
    /^mosquitto_broker_publish_messages_received (\d+)/m.exec(await inPod(node, namespace, name, read)) ?? [];
  return Number(count);
}

/** A client of the broker; no policy holds up kubectl's way to it. Its end closes that way too. */
export async function mqtt(node: TestNode, username: string, password: string): Promise<MqttClient> {
  const { name } = await podOf(node, 'mosquitto');
  const args = ['--kubeconfig', node.kubeconfig, '-n', namespace, 'port-forward', `pod/${name}`, ':1883'];
  const way = spawn(toolPath('kubectl'), args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await new Promise<string>((found, failed) => {
    way.stdout.on('data', (text) => {
      const [, local] = /127\.0\.0\.1:(\d+) -> 1883/.exec(String(text)) ?? [];
      if (local !== undefined) found(local);
    });
    way.on('exit', () => failed(new Error('there is no way to the broker')));
  });
  try {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { username, password, reconnectPeriod: 0 });
    client.on('close', () => way.kill());
    return client;
  } catch (error) {
    way.kill();
    throw error;
  }
}
