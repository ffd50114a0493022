/**
 * Keeps a connection to the broker and what it says of itself. One connection is one client: after its end the next is made
 * anew with a wait between, the password is read again, and nothing that the earlier connection heard is kept, because a
 * broker that has restarted counts from zero.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type IClientOptions } from 'mqtt';
import type { Logger } from 'pino';
import { type Backoff, backoffMs } from '../../src/lib/backoff.ts';
import { secondMs } from '../../src/lib/time.ts';
import type { Secret } from '../../src/lib/variables.ts';
import type { Clock } from '../clock.ts';
import { noReadings, type Readings, subscription, take } from './topics.ts';
import type { MqttSettings } from './variables.ts';

export interface Watched {
  readings: Readings;
  connected: boolean;
  /** When the broker last said anything, ms; null before it has. */
  heardMs: number | null;
  connections: number;
  /** Why there is no connection, in words; null while there is one. */
  trouble: string | null;
}

export const nothingWatched = (): Watched => ({
  readings: noReadings(),
  connected: false,
  heardMs: null,
  connections: 0,
  trouble: 'not connected yet',
});

/** Whether what was read may be shown: the broker is connected and has told its state lately. */
export const isUp = ({ connected, heardMs }: Watched, silentMs: number, nowMs: number): boolean =>
  connected && heardMs !== null && nowMs - heardMs <= silentMs;

const waits: Backoff = { baseMs: secondMs, maxMs: 30 * secondMs, jitter: 0.5 };
const connectWithinMs = 10_000;
const keepAliveSeconds = 15;
const idBytes = 6;

/** A file's last line break is none of the password's, which may begin and end with a space. */
const passwordOf = (secret: Secret): string =>
  'value' in secret ? secret.value : readFileSync(secret.file, 'utf8').replace(/\r?\n$/, '');

function optionsOf({ MQTT_USERNAME: username, MQTT_PASSWORD: password }: MqttSettings): IClientOptions {
  return {
    // A name of its own each time: two of one name would throw each other out.
    clientId: `mosquitto-exporter-${randomBytes(idBytes).toString('hex')}`,
    clean: true,
    // The next connection is made below.
    reconnectPeriod: 0,
    connectTimeout: connectWithinMs,
    keepalive: keepAliveSeconds,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: passwordOf(password) }),
  };
}

/** One connection, from its beginning to its end; answers why it ended. */
function once(settings: MqttSettings, watched: Watched, clock: Clock, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    let reason = 'the broker closed the connection';
    const client = connect(settings.MQTT_URL, optionsOf(settings));
    const done = (): void => {
      signal.removeEventListener('abort', stop);
      resolve(reason);
    };
    const stop = (): void => {
      client.end(true, done);
    };
    const giveUp = (why: string): void => {
      reason = why;
      stop();
    };
    signal.addEventListener('abort', stop, { once: true });
    client.on('message', (topic, payload, { retain }) => {
      const nowMs = clock.now();
      watched.heardMs = nowMs;
      take(watched.readings, topic, payload.toString(), { nowMs, retained: retain });
    });
    client.on('connect', () => {
      client.subscribe(subscription, (error, granted) => {
        const refused = error !== null || (granted ?? []).some(({ qos }) => qos >= 128);
        if (refused) return giveUp(`the broker does not let this user read ${subscription}`);
        watched.connected = true;
        watched.connections += 1;
        watched.trouble = null;
      });
    });
    client.on('error', (error) => giveUp(error.message || String(error)));
    client.on('close', done);
  });
}

/** Runs until the signal. What goes wrong is told once, and again only after it has changed or a connection was made. */
export async function watch(
  settings: MqttSettings,
  { watched, clock, log, random }: { watched: Watched; clock: Clock; log: Logger; random: () => number },
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  let told: string | null = null;
  while (!signal.aborted) {
    const before = watched.connections;
    watched.readings = noReadings();
    watched.heardMs = null;
    const reason = await once(settings, watched, clock, signal).catch((cause: unknown) =>
      cause instanceof Error ? cause.message : String(cause),
    );
    watched.connected = false;
    watched.trouble = reason;
    if (signal.aborted) return;
    const wasConnected = watched.connections > before;
    failures = wasConnected ? 1 : failures + 1;
    if (wasConnected || reason !== told) log.warn({ reason }, 'The broker is away');
    told = reason;
    await clock.sleep(backoffMs(failures, waits, random()), signal);
  }
}
