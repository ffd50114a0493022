/** What devices have said, by HTTP or MQTT: kept as bytes, the newest of each device, as long as the licence retains data. */
import type { Database } from './database/database.ts';
import type { Page } from './devices.ts';

export interface Message {
  message_id: string;
  received_at: Date;
  via: 'http' | 'mqtt';
  qos: number | null;
  /** As text; what is no UTF-8 in it is shown as U+FFFD. */
  payload: string;
}

interface Row extends Omit<Message, 'payload'> {
  payload: Uint8Array;
}

/** Of one message; the broker may allow more. */
export const payloadBytesMax = 65_536;

export type Messages = ReturnType<typeof messagesOf>;

export function messagesOf(database: Database) {
  const { query } = database;
  return {
    /** Keeps a message of an active device. @returns whether there is such a device */
    async keep(deviceId: string, payload: Uint8Array, via: Message['via'], qos: number | null): Promise<boolean> {
      const kept = await query(
        `WITH heard AS (
           UPDATE devices SET last_seen_at = now() WHERE device_id = $1 AND removed_at IS NULL RETURNING device_id
         )
         INSERT INTO messages (device_id, via, qos, payload) SELECT device_id, $2, $3, $4 FROM heard RETURNING message_id`,
        [deviceId, via, qos, payload],
      );
      return kept.length > 0;
    },

    async list(deviceId: string, { page, limit }: Page) {
      const rows = await query<Row>(
        `SELECT message_id::text, received_at, via, qos, payload FROM messages WHERE device_id = $1
         ORDER BY messages.message_id DESC LIMIT $2 OFFSET $3`,
        [deviceId, limit, (page - 1) * limit],
      );
      const [{ total } = { total: 0 }] = await query<{ total: number }>(
        'SELECT count(*)::int AS total FROM messages WHERE device_id = $1',
        [deviceId],
      );
      const items: Message[] = rows.map(({ payload, ...row }) => ({
        ...row,
        payload: new TextDecoder().decode(payload),
      }));
      return { items, total, page, limit };
    },

    /** Forgets what is older. @param days what the licence retains; Infinity forgets nothing */
    async forget(days: number): Promise<void> {
      if (!Number.isFinite(days)) return;
      await query('DELETE FROM messages WHERE received_at < now() - make_interval(days => $1)', [Math.floor(days)]);
    },
  };
}
