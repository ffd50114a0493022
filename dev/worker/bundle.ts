/** Bundles the Worker as a deploy would (`wrangler deploy --dry-run`), so that what runs here is what is deployed. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PlatformError } from '../problem.ts';

const BUNDLE_TIMEOUT_MS = 120_000;
const run = promisify(execFile);

/** Writes the bundle to `outDir`, which is emptied before. Throws PlatformError with the bundler's reason. */
export async function bundleWorker(configPath: string, outDir: string): Promise<void> {
  const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js');
  rmSync(outDir, { recursive: true, force: true });
  try {
    await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', outDir, '--config', configPath], {
      timeout: BUNDLE_TIMEOUT_MS,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(outDir, 'logs'), NO_COLOR: '1' },
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new PlatformError(`the Worker could not be bundled:\n${(stderr || stdout || String(error)).trim()}`);
  }
}
