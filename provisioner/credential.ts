/**
 * The credentials of a request, from where the kubeconfig says. Token files are read with every request and a plugin is run
 * anew when its credentials have expired or were refused, so that a rotation needs no restart.
 */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../src/lib/message.ts';
import { type PluginCredential, runPlugin } from './exec-plugin.ts';
import type { CredentialSource, ExecPlugin } from './kubeconfig.ts';

export type Credential = {
  /** The value of the header `authorization`. */
  authorization: string | undefined;
  certificate: { cert: Buffer; key: Buffer } | undefined;
};

export type Credentials = {
  /** What a request goes out with. Throws with one line for people. */
  of(source: CredentialSource): Promise<Credential>;
  /** The cluster refused the latest ones: forgets what is kept. */
  refused(): void;
};

/** Plugins' credentials are renewed this much before they expire: a request takes its time, and clocks differ. */
const leewayMs = 10_000;

/** `env` is what plugins inherit; `now` is ms since 1970, as credentials' own times are. */
export function credentialsOf(
  env: Record<string, string>,
  now: () => number = Date.now,
  run: (plugin: ExecPlugin, env: Record<string, string>) => Promise<PluginCredential> = runPlugin,
): Credentials {
  let kept: { key: string; credential: Promise<PluginCredential> } | null = null;

  /** One run at a time, whoever asks; a failed one is not kept. */
  async function ofPlugin(plugin: ExecPlugin): Promise<PluginCredential> {
    const key = JSON.stringify(plugin);
    for (let found = kept; found?.key === key; found = kept) {
      const credential = await found.credential;
      if (credential.expiresAt === undefined || credential.expiresAt - leewayMs > now()) return credential;
      if (kept === found) kept = null;
    }
    const running = { key, credential: run(plugin, env) };
    kept = running;
    running.credential.catch(() => {
      if (kept === running) kept = null;
    });
    return running.credential;
  }

  return {
    async of(source) {
      switch (source.kind) {
        case 'none':
          return plain(undefined);
        case 'token':
          return plain(`Bearer ${source.token}`);
        case 'token_file':
          return plain(`Bearer ${await tokenIn(source)}`);
        case 'basic':
          return plain(`Basic ${Buffer.from(`${source.username}:${source.password}`).toString('base64')}`);
        case 'exec': {
          const { token, certificate } = await ofPlugin(source.plugin);
          return { authorization: token === undefined ? undefined : `Bearer ${token}`, certificate };
        }
      }
    },
    refused() {
      kept = null;
    },
  };
}

const plain = (authorization: string | undefined): Credential => ({ authorization, certificate: undefined });

async function tokenIn(source: Extract<CredentialSource, { kind: 'token_file' }>): Promise<string> {
  try {
    return (await readFile(source.path, 'utf8')).trim();
  } catch (error) {
    if (source.token !== undefined) return source.token;
    throw new Error(`the token file cannot be read: ${messageOf(error)}`);
  }
}
