/** What the issuer keeps (codes, grants, sessions) in a SQLite file, in the form that oidc-provider asks for. */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { openDurable } from '../data/sqlite.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS kept (
    model TEXT NOT NULL,
    id TEXT NOT NULL,
    uid TEXT,
    grant_id TEXT,
    json TEXT NOT NULL,
    expires_at INTEGER NOT NULL,   -- s
    PRIMARY KEY (model, id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS kept_uid ON kept (model, uid);
  CREATE INDEX IF NOT EXISTS kept_grant ON kept (grant_id);
`;
const MS_PER_S = 1000;
/** What is kept of a thing whose life is not said. */
const UNSAID_LIFE_S = 3600;

const seconds = () => Math.floor(Date.now() / MS_PER_S);

export function openOidcStore(path: string) {
  const db = openDurable(path, SCHEMA);
  const forget = db.prepare('DELETE FROM kept WHERE expires_at <= ?');
  const put = db.prepare(
    'INSERT OR REPLACE INTO kept (model, id, uid, grant_id, json, expires_at) VALUES (?,?,?,?,?,?)',
  );
  const byId = db.prepare('SELECT json FROM kept WHERE model = ? AND id = ? AND expires_at > ?');
  const byUid = db.prepare('SELECT json FROM kept WHERE model = ? AND uid = ? AND expires_at > ?');
  const remove = db.prepare('DELETE FROM kept WHERE model = ? AND id = ?');
  const removeGrant = db.prepare('DELETE FROM kept WHERE grant_id = ?');
  const use = db.prepare(`UPDATE kept SET json = json_set(json, '$.consumed', ?) WHERE model = ? AND id = ?`);
  const read = (row: unknown) => (row ? (JSON.parse((row as { json: string }).json) as AdapterPayload) : undefined);
  const adapter = (model: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      forget.run(seconds());
      const { uid = null, grantId = null } = payload;
      put.run(model, id, uid, grantId, JSON.stringify(payload), seconds() + (expiresIn ?? UNSAID_LIFE_S));
    },
    find: async (id) => read(byId.get(model, id, seconds())),
    findByUid: async (uid) => read(byUid.get(model, uid, seconds())),
    // No device signs in here.
    findByUserCode: async () => undefined,
    async consume(id) {
      use.run(seconds(), model, id);
    },
    async destroy(id) {
      remove.run(model, id);
    },
    async revokeByGrantId(grantId) {
      removeGrant.run(grantId);
    },
  });
  return { adapter, close: () => db.close() };
}
