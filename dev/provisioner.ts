/** How the provisioner is run here: contract.md's variables and nothing of the platform's own environment besides. */
import { join } from 'node:path';
import type { ReadyLine } from '../src/contracts/ready.ts';
import type { Program } from './processes/supervised.ts';

/** What any program on this machine needs, and what the caller may choose for the provisioner. */
const PASSED = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'TZ',
  'TMPDIR',
  'LOG_LEVEL',
  'KUBECONFIG',
  'HELM_BIN',
  'HELM_CHART_PATH',
  'HELM_VALUES_FILE',
  'BASE_DOMAIN',
  'ALLOW_PLAIN_HTTP',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'QUEUE_CONCURRENCY',
  'JOB_TIMEOUT_MS',
  'SIMULATED_JOB_MS',
] as const;

export function provisionerProgram(
  entry: string,
  ready: ReadyLine,
  dataDir: string,
  env: Record<string, string | undefined>,
): Program {
  const passed = PASSED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  const simulated = env['KUBECONFIG']
    ? { SIMULATE_K8S_DEPLOYMENT: 'false' }
    : { SIMULATE_K8S_DEPLOYMENT: 'true', SIMULATED_CLUSTER_DIR: join(dataDir, 'simulated-cluster') };
  return {
    name: 'provisioner',
    args: [entry],
    env: {
      ...Object.fromEntries(passed),
      ...simulated,
      BILLING_API_URL: ready.url,
      PROVISIONER_TOKEN: ready.provisioner_token,
      QUEUE_API_URL: ready.queue_api_url,
      QUEUE_ACCOUNT_ID: ready.queue_account_id,
      QUEUE_ID: ready.queue_id,
      QUEUE_API_TOKEN: ready.queue_api_token,
    },
  };
}
