/**
 * The platform's secrets: made once, kept in DATA_DIR/secrets.json as long as the data, so that tokens, signatures and
 * replays stay valid over restarts. Never logged; the ready line shows those that a person needs.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { readJson, writePrivateJson } from './data/private-file.ts';
import { PlatformError } from './problem.ts';

const schema = z.object({
  admin_token: z.string(),
  queue_api_token: z.string(),
  queue_account_id: z.string(),
  stripe_secret_key: z.string(),
  /** LICENSE_PRIVATE_KEYS: a JSON array of private JWKs. */
  license_private_keys: z.string(),
  /** STATEMENT_PRIVATE_KEYS, the same for statements of invoices; null in a folder of an older version, until it is made. */
  statement_private_keys: z.string().nullable().default(null),
  /** The cluster's own token, made by the Worker at the first start. */
  provisioner_token: z.string().nullable(),
  /** Moves the clock. Folders of an older version have none: it is made, and kept with the provisioner's token. */
  clock_token: z.string().default(() => newToken()),
  /** Signs the stand-in's webhooks; made for an older folder as well. */
  stripe_webhook_secret: z.string().default(() => newWebhookSecret()),
});
export type Secrets = z.infer<typeof schema> & { statement_private_keys: string };

const TOKEN_BYTES = 32;
const ACCOUNT_ID_BYTES = 16;
const LICENCE_KEY_BITS = 2048;

async function newLicenceKeys(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: LICENCE_KEY_BITS });
  const jwk = await exportJWK(privateKey);
  return JSON.stringify([{ ...jwk, alg: 'RS256', use: 'sig', kid: await calculateJwkThumbprint(jwk) }]);
}

/** A set of one key, for statements of invoices. */
async function newStatementKeys(): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return JSON.stringify([{ ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) }]);
}

const newToken = (): string => randomBytes(TOKEN_BYTES).toString('hex');
const newWebhookSecret = (): string => `whsec_${newToken()}`;

async function newSecrets(): Promise<Secrets> {
  return {
    admin_token: newToken(),
    queue_api_token: newToken(),
    queue_account_id: randomBytes(ACCOUNT_ID_BYTES).toString('hex'),
    stripe_secret_key: `sk_test_${newToken()}`,
    license_private_keys: await newLicenceKeys(),
    statement_private_keys: await newStatementKeys(),
    provisioner_token: null,
    clock_token: newToken(),
    stripe_webhook_secret: newWebhookSecret(),
  };
}

const pathIn = (dataDir: string) => join(dataDir, 'secrets.json');

export function keepSecrets(dataDir: string, secrets: Secrets): void {
  writePrivateJson(pathIn(dataDir), secrets);
}

/** The kept secrets, or new ones, already kept. Throws PlatformError when the file was damaged. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  let kept: unknown;
  try {
    kept = readJson(pathIn(dataDir));
  } catch {
    throw new PlatformError(`${pathIn(dataDir)} is not JSON: restore it, or start over with --fresh`);
  }
  if (kept === null) {
    const secrets = await newSecrets();
    keepSecrets(dataDir, secrets);
    return secrets;
  }
  const read = schema.safeParse(kept);
  if (!read.success)
    throw new PlatformError(`${pathIn(dataDir)} is incomplete: restore it, or start over with --fresh`);
  const { statement_private_keys: statementKeys, ...others } = read.data;
  if (statementKeys !== null) return { ...others, statement_private_keys: statementKeys };
  const grown = { ...others, statement_private_keys: await newStatementKeys() };
  keepSecrets(dataDir, grown);
  return grown;
}
