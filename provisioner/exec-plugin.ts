/**
 * Runs a credential plugin of the kubeconfig (client.authentication.k8s.io) and reads what it prints. Bounded: a plugin that
 * hangs is ended with everything that it started, and said.
 */
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { messageOf } from '../src/lib/message.ts';
import type { ExecPlugin } from './kubeconfig.ts';

/** How long a plugin may take. The slow ones start a Python and ask a cloud; a job has minutes. */
const pluginMs = 20_000;
/** What is kept of its output. A credential with a certificate is some 10 KB. */
const outputBytesMax = 256 * 1024;

const credential = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: z.looseObject({
    expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
    token: z.string().nullish(),
    clientCertificateData: z.string().nullish(),
    clientKeyData: z.string().nullish(),
  }),
});

export type PluginCredential = {
  token: string | undefined;
  certificate: { cert: Buffer; key: Buffer } | undefined;
  /** ms since 1970; undefined: until the cluster refuses it. */
  expiresAt: number | undefined;
};

/** The plugin's credentials. Throws with one line that names the plugin. `env` is what the plugin inherits. */
export async function runPlugin(
  plugin: ExecPlugin,
  env: Record<string, string>,
  limitMs: number = pluginMs,
): Promise<PluginCredential> {
  const output = await outputOf(plugin, env, limitMs);
  const read = credential.safeParse(parseJson(output));
  if (!read.success) throw new Error(`the credential plugin ${plugin.command} printed no ExecCredential`);
  if (read.data.apiVersion !== plugin.apiVersion) {
    throw new Error(
      `the credential plugin ${plugin.command} answered in ${read.data.apiVersion}, the kubeconfig wants ${plugin.apiVersion}`,
    );
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = read.data.status;
  if (!token && !(clientCertificateData && clientKeyData)) {
    throw new Error(`the credential plugin ${plugin.command} printed neither a token nor a certificate with its key`);
  }
  return {
    token: token ?? undefined,
    certificate:
      clientCertificateData && clientKeyData
        ? { cert: Buffer.from(clientCertificateData), key: Buffer.from(clientKeyData) }
        : undefined,
    expiresAt: expirationTimestamp ? Date.parse(expirationTimestamp) : undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function outputOf(plugin: ExecPlugin, env: Record<string, string>, limitMs: number): Promise<string> {
  const spec = { interactive: false, ...(plugin.cluster && { cluster: plugin.cluster }) };
  const asked = JSON.stringify({ kind: 'ExecCredential', apiVersion: plugin.apiVersion, spec });
  return new Promise((resolve, reject) => {
    const fail = (how: string) => reject(new Error(`the credential plugin ${plugin.command} ${how}`));
    // A group of its own: what the plugin has started ends with it.
    const child = spawn(plugin.command, plugin.args, {
      env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: asked },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const [out, errors] = [tail(child.stdout), tail(child.stderr)];
    const timer = setTimeout(() => {
      end(child.pid);
      fail(`has not answered in ${Math.round(limitMs / 1000)} s and was ended`);
    }, limitMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      const hint = plugin.installHint ? ` (${plugin.installHint})` : '';
      fail(`cannot be run: ${messageOf(error)}${hint}`);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(out());
      else fail(`ended with ${signal ?? `code ${code}`}: ${errors().trim() || 'it said nothing'}`);
    });
  });
}

function tail(stream: NodeJS.ReadableStream): () => string {
  let kept = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    kept = (kept + chunk).slice(-outputBytesMax);
  });
  return () => kept;
}

function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it had ended
  }
}
