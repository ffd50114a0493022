/** Provisioning keys and devices: their rows, and how many there are. What a licence allows is asked of the caller. */
import type { Decision, Refusal } from '@tenantry/licence-guard';
import type { Database, Queries } from './database/database.ts';
import { hashOf, newId, newSecret } from './secrets.ts';

export interface Key {
  key_id: string;
  name: string;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface Device {
  device_id: string;
  name: string;
  registered_at: Date;
  last_seen_at: Date | null;
}

export interface Counts {
  /** Registered and not removed: what the licence limits, and what is reported. */
  active: number;
  /** Removed ones too. */
  total: number;
  /** Keys that a device can still register with. */
  openKeys: number;
}

export interface Page {
  page: number;
  limit: number;
}

const countsSql = `SELECT
  (SELECT count(*)::int FROM devices WHERE removed_at IS NULL) AS active,
  (SELECT count(*)::int FROM devices) AS total,
  (SELECT count(*)::int FROM provisioning_keys WHERE used_at IS NULL AND expires_at > now()) AS "openKeys"`;

async function countsOf({ query }: Queries): Promise<Counts> {
  const [counts] = await query<Counts>(countsSql);
  if (!counts) throw new Error('PostgreSQL counted nothing');
  return counts;
}

export type Devices = ReturnType<typeof devicesOf>;

export function devicesOf(database: Database) {
  const { query } = database;
  return {
    counts: () => countsOf(database),

    /**
     * Makes a key for one device, unless the licence says no. A key that is open counts as the device that it will be:
     * otherwise any number of keys could be made first. Two calls at once are decided one after the other.
     */
    createKey: (name: string, lifeSeconds: number, mayAdd: (current: number) => Decision) =>
      database.transaction(async (within): Promise<{ key: Key; secret: string } | { refusal: Refusal }> => {
        await within.query('LOCK TABLE provisioning_keys IN SHARE ROW EXCLUSIVE MODE');
        const { active, openKeys } = await countsOf(within);
        const { allowed, refusal } = mayAdd(active + openKeys);
        if (!allowed) {
          if (refusal === null) throw new Error('the guard refused without a word');
          const details = openKeys === 0 ? refusal.details : { ...refusal.details, openKeys };
          return { refusal: { ...refusal, details } };
        }
        const secret = newSecret('pk');
        const [key] = await within.query<Key>(
          `INSERT INTO provisioning_keys (key_id, name, secret_hash, expires_at)
           VALUES ($1, $2, $3, now() + make_interval(secs => $4))
           RETURNING key_id, name, created_at, expires_at, used_at`,
          [newId('key'), name, hashOf(secret), lifeSeconds],
        );
        if (!key) throw new Error('PostgreSQL made no key');
        return { key, secret };
      }),

    async keys({ page, limit }: Page) {
      const items = await query<Key>(
        `SELECT key_id, name, created_at, expires_at, used_at FROM provisioning_keys
         ORDER BY created_at DESC, key_id LIMIT $1 OFFSET $2`,
        [limit, (page - 1) * limit],
      );
      const [{ total } = { total: 0 }] = await query<{ total: number }>(
        'SELECT count(*)::int AS total FROM provisioning_keys',
      );
      return { items, total, page, limit };
    },

    /** Forgets a key that nobody has used. @returns whether there was one */
    async deleteKey(keyId: string): Promise<boolean> {
      const gone = await query('DELETE FROM provisioning_keys WHERE key_id = $1 AND used_at IS NULL RETURNING key_id', [
        keyId,
      ]);
      return gone.length > 0;
    },

    /** Registers a device by a key, which is used up. Null: there is no such open key. No limit is asked for here. */
    register: (secret: string, name: string) =>
      database.transaction(async (within): Promise<{ device: Device; token: string } | null> => {
        const [key] = await within.query<{ key_id: string }>(
          `UPDATE provisioning_keys SET used_at = now()
           WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING key_id`,
          [hashOf(secret)],
        );
        if (!key) return null;
        const token = newSecret('dt');
        const [device] = await within.query<Device>(
          `INSERT INTO devices (device_id, name, key_id, token_hash) VALUES ($1, $2, $3, $4)
           RETURNING device_id, name, registered_at, last_seen_at`,
          [newId('dev'), name, key.key_id, hashOf(token)],
        );
        if (!device) throw new Error('PostgreSQL made no device');
        return { device, token };
      }),

    async list({ page, limit }: Page) {
      const items = await query<Device>(
        `SELECT device_id, name, registered_at, last_seen_at FROM devices WHERE removed_at IS NULL
         ORDER BY registered_at, device_id LIMIT $1 OFFSET $2`,
        [limit, (page - 1) * limit],
      );
      const { active } = await countsOf(database);
      return { items, total: active, page, limit };
    },

    /** Notes that a device was heard of. @returns whether the token is that of an active device */
    async seen(deviceId: string, token: string): Promise<boolean> {
      const found = await query(
        `UPDATE devices SET last_seen_at = now()
         WHERE device_id = $1 AND token_hash = $2 AND removed_at IS NULL RETURNING device_id`,
        [deviceId, hashOf(token)],
      );
      return found.length > 0;
    },

    async exists(deviceId: string): Promise<boolean> {
      const found = await query('SELECT 1 FROM devices WHERE device_id = $1 AND removed_at IS NULL', [deviceId]);
      return found.length > 0;
    },

    /** @returns whether there was one */
    async remove(deviceId: string): Promise<boolean> {
      const gone = await query(
        'UPDATE devices SET removed_at = now() WHERE device_id = $1 AND removed_at IS NULL RETURNING device_id',
        [deviceId],
      );
      return gone.length > 0;
    },
  };
}
