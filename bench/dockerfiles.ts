/**
 * `npm run figures -- dockerfiles`: each Dockerfile of the project built from its first line to its last, on bases that are made here
 * in the place of the published ones (test/node/dockerfiles.sh). Needs root, buildah and mmdebstrap.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** @param args Dockerfiles by their paths; without any, all */
export async function run(args: string[]): Promise<void> {
  const store = mkdtempSync(join(tmpdir(), 'tenantry-dockerfiles-'));
  const script = resolve(import.meta.dirname, '../test/node/dockerfiles.sh');
  const { status } = spawnSync('bash', [script, store, ...args], { stdio: 'inherit' });
  rmSync(store, { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
