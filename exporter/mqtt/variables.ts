/** The environment of the broker's exporter: what each variable may be, its default, and what it is for. */
import {
  byDefault,
  duration,
  integer,
  type Kind,
  optional,
  required,
  type Secret,
  text,
  type ValuesOf,
} from '../../src/lib/variables.ts';

const schemes = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

/** A user in the address would stand in every log that names the broker. */
function isBrokerUrl(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, username, password, hash } = new URL(given);
  return schemes.includes(protocol) && hostname !== '' && username === '' && password === '' && hash === '';
}

/** Any character may stand in a password of a broker, spaces too. */
const password: Kind<Secret> = {
  words: 'a text',
  repeats: false,
  read: (value) => ({ value }),
  ofFile: (file) => ({ file }),
};

const portMax = 65_535;

export const mqttVariables = {
  MQTT_URL: required(
    text('an mqtt, mqtts, ws or wss URL without a user', isBrokerUrl),
    'the broker whose state is shown',
  ),
  MQTT_USERNAME: optional(text(), 'the user, who must be let read `$SYS/broker/#`'),
  MQTT_PASSWORD: optional(password, "the user's password; a file is read again for each connection"),
  SILENT_AFTER: byDefault(
    '60',
    duration('seconds', 1, 3600),
    "seconds without any news of the broker's after which it counts as away; more than its sys_interval",
  ),
  HOST: optional(text(), 'the address that the server listens on; every interface without it'),
  PORT: byDefault('9234', integer(0, portMax), 'the port of /metrics and /health'),
};
export type MqttSettings = ValuesOf<typeof mqttVariables>;

/** What the variables must agree on. */
export const mqttFaults = (found: Partial<MqttSettings>): string[] =>
  found.MQTT_PASSWORD !== undefined && found.MQTT_USERNAME === undefined
    ? ['MQTT_PASSWORD is set without MQTT_USERNAME']
    : [];
