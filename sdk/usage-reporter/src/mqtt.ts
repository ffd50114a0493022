/**
 * Counts the messages of an MQTT client, known by its form: mqtt.js says every packet that it sends and gets. A message that
 * is sent again, because its acknowledgement was lost, is counted once.
 */
import type { Qos, TrafficMonitor } from './traffic-monitor.ts';

/** As much of a packet of mqtt.js as is read here. */
interface Packet {
  cmd?: string;
  qos?: number;
  dup?: boolean;
  messageId?: number;
  topic?: string;
  payload?: string | Uint8Array;
}

/** A client of mqtt.js, or one that speaks like it. */
export interface MqttClient {
  on(event: 'packetsend' | 'packetreceive', listener: (packet: Packet) => void): unknown;
  removeListener(event: 'packetsend' | 'packetreceive', listener: (packet: Packet) => void): unknown;
}

const encoder = new TextEncoder();
const bytesOf = (payload: Packet['payload']): number =>
  typeof payload === 'string' ? encoder.encode(payload).byteLength : (payload?.byteLength ?? 0);
const qosOf = (packet: Packet): Qos => (packet.qos === 1 || packet.qos === 2 ? packet.qos : 0);
/** What ends the way of a message, said by whoever got it. */
const isEnd = ({ cmd }: Packet): boolean => cmd === 'puback' || cmd === 'pubcomp';

/** Messages on their way, by their number. */
type InFlight = Map<number, string>;

/** Whether a message is a repetition of one that is still on its way; notes it otherwise. */
function isRepeated(inFlight: InFlight, packet: Packet): boolean {
  if (qosOf(packet) === 0 || packet.messageId === undefined) return false;
  // A number is given anew when a session is given up, without a word about the messages that were on their way in it.
  const message = `${bytesOf(packet.payload)} ${packet.topic ?? ''}`;
  const repeated = inFlight.get(packet.messageId) === message;
  inFlight.set(packet.messageId, message);
  return repeated;
}

const watched = new WeakMap<MqttClient, WeakSet<TrafficMonitor>>();

/**
 * Counts what the client publishes and receives from now on; a client that is watched already is not counted twice.
 * @returns ends it
 */
export function watchMqtt(monitor: TrafficMonitor, client: MqttClient): () => void {
  const monitors = watched.get(client) ?? new WeakSet();
  watched.set(client, monitors);
  if (monitors.has(monitor)) return () => undefined;
  monitors.add(monitor);
  monitor.use('mqtt');
  const sent: InFlight = new Map();
  const got: InFlight = new Map();
  const onSend = (packet: Packet): void => {
    if (packet.cmd === 'publish' && !isRepeated(sent, packet))
      monitor.countPublished(bytesOf(packet.payload), qosOf(packet));
    if (isEnd(packet) && packet.messageId !== undefined) got.delete(packet.messageId);
  };
  const onReceive = (packet: Packet): void => {
    if (packet.cmd === 'publish' && !isRepeated(got, packet))
      monitor.countReceived(bytesOf(packet.payload), qosOf(packet));
    if (isEnd(packet) && packet.messageId !== undefined) sent.delete(packet.messageId);
  };
  client.on('packetsend', onSend);
  client.on('packetreceive', onReceive);
  return () => {
    client.removeListener('packetsend', onSend);
    client.removeListener('packetreceive', onReceive);
    monitors.delete(monitor);
  };
}
