/** The schema, in steps that are each made once, at the start, by whichever process comes first. */
import type { Database } from './database.ts';

interface Migration {
  name: string;
  statements: readonly string[];
}

const migrations: readonly Migration[] = [
  {
    name: '0001_devices',
    statements: [
      `CREATE TABLE provisioning_keys (
        key_id text PRIMARY KEY,
        name text NOT NULL,
        secret_hash text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      )`,
      `CREATE TABLE devices (
        device_id text PRIMARY KEY,
        name text NOT NULL,
        key_id text NOT NULL UNIQUE,
        token_hash text NOT NULL,
        registered_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz,
        removed_at timestamptz
      )`,
      'CREATE INDEX devices_active ON devices (registered_at) WHERE removed_at IS NULL',
    ],
  },
  {
    name: '0002_messages',
    statements: [
      `CREATE TABLE messages (
        message_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        device_id text NOT NULL REFERENCES devices (device_id),
        received_at timestamptz NOT NULL DEFAULT now(),
        via text NOT NULL CHECK (via IN ('http', 'mqtt')),
        qos smallint,
        payload bytea NOT NULL
      )`,
      'CREATE INDEX messages_of_device ON messages (device_id, message_id)',
      'CREATE INDEX messages_by_age ON messages (received_at)',
    ],
  },
  {
    name: '0003_kept',
    statements: ['CREATE TABLE kept (name text PRIMARY KEY, value text NOT NULL)'],
  },
];

/** Any number that no other program of this database takes: whoever holds it migrates. */
const lock = 20_251_126;

/** Makes what is missing, all or nothing. @returns the names of what was made */
export function migrate(database: Database): Promise<string[]> {
  return database.transaction(async ({ query }) => {
    await query('SELECT pg_advisory_xact_lock($1)', [lock]);
    await query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())',
    );
    const made = new Set((await query<{ name: string }>('SELECT name FROM migrations')).map(({ name }) => name));
    const due = migrations.filter(({ name }) => !made.has(name));
    for (const { name, statements } of due) {
      for (const statement of statements) await query(statement);
      await query('INSERT INTO migrations (name) VALUES ($1)', [name]);
    }
    return due.map(({ name }) => name);
  });
}
