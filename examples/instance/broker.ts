/**
 * Messages of devices over MQTT. A device publishes to `devices/{device_id}/messages` and hears commands at
 * `devices/{device_id}/commands`; who may do so is the broker's to say. A message is acknowledged once it is stored, so with
 * QoS 1 or 2 none is lost while the database is away; at QoS 1 one may be stored twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { watchMqtt } from '@tenantry/usage-reporter/mqtt';
import type { TrafficMonitor } from '@tenantry/usage-reporter/traffic-monitor';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import { type Messages, payloadBytesMax } from './messages.ts';
import type { ApiSettings } from './settings.ts';

export type Qos = 0 | 1 | 2;

export interface Broker {
  connected(): boolean;
  /** Messages that were of no device, or too large. */
  refused(): number;
  publishCommand(deviceId: string, payload: string, qos: Qos): Promise<void>;
  close(): Promise<void>;
}

const messageTopic = /^devices\/(dev_[0-9a-f]{32})\/messages$/;
const everyMessage = 'devices/+/messages';
const againMs = 1_000;
const commandWithinMs = 10_000;
/** How long the broker may take to hear that this client goes. */
const endWithinMs = 2_000;

function optionsOf({ customerId, broker }: ApiSettings): IClientOptions {
  const password = broker?.password?.();
  return {
    // One name over restarts, and a session that is kept: the broker holds what comes meanwhile.
    clientId: `instance-${customerId.slice('cust_'.length, 'cust_'.length + 8)}`,
    clean: false,
    reconnectPeriod: againMs,
    ...(broker?.username ? { username: broker.username } : {}),
    ...(password ? { password } : {}),
  };
}

export function connectBroker(
  settings: ApiSettings,
  { messages, traffic, log }: { messages: Messages; traffic: TrafficMonitor; log: Logger },
): Broker | null {
  if (settings.broker === null) return null;
  // Connected by hand: what counts and what keeps a message are there before the first one comes.
  const client: MqttClient = connect(settings.broker.url, { ...optionsOf(settings), manualConnect: true });
  const ending = new AbortController();
  let refused = 0;
  watchMqtt(traffic, client);

  const keep = async (topic: string, payload: Uint8Array, qos: Qos): Promise<void> => {
    const deviceId = messageTopic.exec(topic)?.[1];
    const isKept =
      deviceId !== undefined &&
      payload.byteLength <= payloadBytesMax &&
      (await messages.keep(deviceId, payload, 'mqtt', qos));
    if (!isKept) refused += 1;
  };
  /** Until it is stored, or the instance ends: the broker then sends it again. */
  const keepAtLast = async (topic: string, payload: Uint8Array, qos: Qos): Promise<boolean> => {
    while (!ending.signal.aborted) {
      try {
        await keep(topic, payload, qos);
        return true;
      } catch (error) {
        log.warn({ problem: (error as Error).message }, 'a message waits for the database');
        await sleep(againMs, undefined, { signal: ending.signal }).catch(() => undefined);
      }
    }
    return false;
  };

  client.handleMessage = (packet, done) => {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    void keepAtLast(packet.topic, payload, packet.qos).then((isKept) => {
      if (isKept) done();
    });
  };
  client.on('connect', () => {
    log.info('connected to the broker');
    client.subscribe(everyMessage, { qos: 2 }, (error) => {
      if (error) log.error({ problem: error.message }, 'the broker does not let this instance hear its devices');
    });
  });
  client.on('close', () => log.debug('not connected to the broker'));
  client.on('error', (error) => log.warn({ problem: error.message }, 'the broker cannot be reached'));
  client.connect();

  return {
    connected: () => client.connected,
    refused: () => refused,
    async publishCommand(deviceId, payload, qos) {
      const sent = client.publishAsync(`devices/${deviceId}/commands`, payload, { qos });
      const late = sleep(commandWithinMs, undefined, { ref: false }).then(() => {
        throw new Error('the broker did not answer');
      });
      await Promise.race([sent, late]);
    },
    async close() {
      ending.abort();
      const late = sleep(endWithinMs, undefined, { ref: false });
      await Promise.race([client.endAsync(!client.connected), late]);
      client.end(true);
    },
  };
}
