/**
 * What a mosquitto says of itself under `$SYS/broker/`, and the metric that shows each: the topic's name with `_` for `/` and
 * for spaces. The list is that of mosquitto(8) and of its sys_tree.c (2.0) without what both call deprecated; another
 * topic is no metric, so that nothing but the broker's own figures can grow the answer. Pure.
 */

export interface Metric {
  name: string;
  type: 'counter' | 'gauge';
  help: string;
}

const counters: Record<string, string> = {
  'bytes/received': 'Bytes received since the broker started',
  'bytes/sent': 'Bytes sent since the broker started',
  'clients/expired': 'Disconnected persistent clients that expired and were removed',
  'messages/received': 'Messages of any type received since the broker started',
  'messages/sent': 'Messages of any type sent since the broker started',
  'publish/bytes/received': 'Payload bytes of PUBLISH messages received since the broker started',
  'publish/bytes/sent': 'Payload bytes of PUBLISH messages sent since the broker started',
  'publish/messages/dropped': 'PUBLISH messages dropped due to inflight or queuing limits',
  'publish/messages/received': 'PUBLISH messages received since the broker started',
  'publish/messages/sent': 'PUBLISH messages sent since the broker started',
};

const gauges: Record<string, string> = {
  'clients/connected': 'Clients that are connected',
  'clients/disconnected': 'Persistent clients that are registered and not connected',
  'clients/maximum': 'The most clients that have been connected at the same time',
  'clients/total': 'Clients that are connected or registered',
  'heap/current': 'Heap memory in use, bytes',
  'heap/maximum': 'The most heap memory that was in use, bytes',
  'messages/inflight': 'Messages with QoS above 0 that await acknowledgement',
  'retained messages/count': 'Retained messages',
  'shared_subscriptions/count': 'Shared subscriptions',
  'store/messages/bytes': 'Payload bytes in the message store',
  'store/messages/count': 'Messages in the message store, retained and queued ones',
  'subscriptions/count': 'Subscriptions',
  uptime: 'Seconds since the broker started',
};

/** Moving averages of what happens in a minute, over three intervals. */
const loads: Record<string, string> = {
  'bytes/received': 'Bytes received',
  'bytes/sent': 'Bytes sent',
  connections: 'CONNECT packets received',
  'messages/received': 'Messages of any type received',
  'messages/sent': 'Messages of any type sent',
  'publish/dropped': 'PUBLISH messages dropped',
  'publish/received': 'PUBLISH messages received',
  'publish/sent': 'PUBLISH messages sent',
  sockets: 'Socket connections opened',
};

const root = '$SYS/broker/';
const versionTopic = `${root}version`;
const uptimeTopic = `${root}uptime`;
const metricOf = (topic: string): string => `mosquitto_broker_${topic.replaceAll(/[/ ]/g, '_')}`;

const listed = (type: Metric['type'], of: Record<string, string>): [string, Metric][] =>
  Object.entries(of).map(([topic, help]) => [`${root}${topic}`, { name: metricOf(topic), type, help }]);

/** Every topic that is shown, with its metric. */
const metrics: ReadonlyMap<string, Metric> = new Map([
  ...listed('counter', counters),
  ...listed('gauge', gauges),
  ...['1min', '5min', '15min'].flatMap((interval) =>
    listed(
      'gauge',
      Object.fromEntries(
        Object.entries(loads).map(([topic, help]) => [
          `load/${topic}/${interval}`,
          `${help} in a minute, averaged over ${interval}`,
        ]),
      ),
    ),
  ),
]);

export const subscription = `${root}#`;

/** What the broker has said in one connection. */
export interface Readings {
  values: Map<string, number>;
  version: string | null;
  /** When the broker started, by what it first said of its uptime, seconds since the epoch; null before. */
  startSeconds: number | null;
}

export const noReadings = (): Readings => ({ values: new Map(), version: null, startSeconds: null });

const number = /^(\d+(?:\.\d+)?)(?: seconds)?$/;
const versionMax = 100;

/**
 * Takes one message into the readings; what is no topic of the list, or no number, changes nothing.
 * @param retained whether the broker kept it from before the subscription: its uptime is then of an earlier moment
 */
export function take(
  readings: Readings,
  topic: string,
  payload: string,
  { nowMs, retained }: { nowMs: number; retained: boolean },
): void {
  if (topic === versionTopic) {
    readings.version = payload.slice(0, versionMax);
    return;
  }
  const metric = metrics.get(topic);
  const value = number.exec(payload.trim())?.[1];
  if (!metric || value === undefined) return;
  readings.values.set(metric.name, Number(value));
  // Once a connection: a start that moved with each message would look like many.
  if (topic === uptimeTopic && !retained) readings.startSeconds ??= Math.round(nowMs / 1000 - Number(value));
}

/** What is shown beside the broker's own figures. */
export interface Connection {
  up: boolean;
  /** Connections that were made since the start. */
  connections: number;
}

const line = (name: string, type: string, help: string, value: string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}${value}\n`;

const escaped = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/\p{Cc}/gu, ' ');

/** Prometheus' text. While the broker is away nothing of it is shown: an old value would look like a broker that stands still. */
export function textOf({ values, version, startSeconds }: Readings, { up, connections }: Connection): string {
  const own = [
    line('mosquitto_up', 'gauge', 'Whether the broker is connected and tells its state', ` ${up ? 1 : 0}`),
    line('mosquitto_exporter_connections', 'counter', 'Connections made since the exporter started', ` ${connections}`),
  ];
  if (!up) return own.join('');
  const info =
    version === null
      ? []
      : [line('mosquitto_broker_info', 'gauge', "The broker's version", `{version="${escaped(version)}"} 1`)];
  const shown = [...metrics.values()].flatMap(({ name, type, help }) => {
    const value = values.get(name);
    return value === undefined ? [] : [line(name, type, help, ` ${value}`)];
  });
  const start =
    startSeconds === null
      ? []
      : [line('mosquitto_broker_start_time_seconds', 'gauge', 'When the broker started', ` ${startSeconds}`)];
  return [...own, ...info, ...start, ...shown].join('');
}
