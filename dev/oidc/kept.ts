/** The issuer's own secrets, made once and kept in DATA_DIR/oidc.json: tokens and the password outlive a restart. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { readJson, writePrivateJson } from '../data/private-file.ts';
import { PlatformError } from '../problem.ts';

const schema = z.object({
  /** Everybody's. */
  password: z.string(),
  client_secret: z.string(),
  cookie_key: z.string(),
  /** The private JWK that signs. */
  signing_key: z.looseObject({ kty: z.string(), kid: z.string() }),
});
export type KeptSecrets = z.infer<typeof schema>;

const SECRET_BYTES = 32;
/** Typed by a person, so short; it opens nothing but a stand-in on this machine. */
const PASSWORD_BYTES = 8;

async function newSecrets(): Promise<KeptSecrets> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return {
    password: randomBytes(PASSWORD_BYTES).toString('hex'),
    client_secret: randomBytes(SECRET_BYTES).toString('hex'),
    cookie_key: randomBytes(SECRET_BYTES).toString('hex'),
    signing_key: { ...jwk, kty: 'RSA', alg: 'RS256', use: 'sig', kid: await calculateJwkThumbprint(jwk) },
  };
}

/** The kept secrets, or new ones, already kept. Throws PlatformError when the file was damaged. */
export async function loadOidcSecrets(dataDir: string): Promise<KeptSecrets> {
  const path = join(dataDir, 'oidc.json');
  let kept: unknown;
  try {
    kept = readJson(path);
  } catch {
    kept = undefined;
  }
  if (kept === null) {
    const secrets = await newSecrets();
    writePrivateJson(path, secrets);
    return secrets;
  }
  const read = schema.safeParse(kept);
  if (!read.success) throw new PlatformError(`${path} is damaged: restore it, or delete it and sign in anew`);
  return read.data;
}
