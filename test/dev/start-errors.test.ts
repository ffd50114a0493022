import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../dev/data/http.ts';
import { startFixture } from './fixture/start.ts';

describe('a start that cannot work says why in one line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-start-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const refusal = (env: Record<string, string>, dataDir = folder) =>
    startFixture({ dataDir, env }).then(
      async (platform) => {
        await platform.stop();
        return 'it started';
      },
      (error: Error) => error.message,
    );

  it('when the port is taken', async () => {
    const other = createServer();
    const port = await listen(other);
    expect(await refusal({ PORT: String(port) })).toContain(`port ${port} is taken: stop what listens there`);
    await closeServer(other);
  });

  it('when the data folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusal({}, join(file, 'data'))).toMatch(/the data folder .*\/file\/data cannot be written: ENOTDIR/);
  });

  it('when another platform runs on the same data', async () => {
    const first = await startFixture({ dataDir: folder });
    expect(await refusal({})).toContain(`another platform is running on ${folder}`);
    expect(await first.stop()).toBe(0);
  });

  it('when a variable is wrong', async () => {
    const said = await refusal({ PORT: 'eighty', DATA_DIR: '', EXPORTERS: '21', PROMETHEUS_URL: 'nowhere' });
    expect(said).toContain('PORT must be a whole number from 0 to 65535, not "eighty"');
    expect(said).toContain(
      'EXPORTERS must be a whole number from 0 to 20, not "21"\nPROMETHEUS_URL must be an http or https URL',
    );
    expect(said).not.toContain('    at ');
  });

  it('when the Worker does not bundle, with the bundler’s reason', async () => {
    writeFileSync(join(folder, 'worker.ts'), 'import "./not-there.ts"; export default {};');
    const config = join(folder, 'wrangler.toml');
    writeFileSync(config, 'name = "broken"\nmain = "worker.ts"\ncompatibility_date = "2026-10-01"\n');
    expect(await refusal({ WORKER_CONFIG: config })).toMatch(/the Worker could not be bundled:(.|\n)*not-there/);
    expect(await refusal({ WORKER_CONFIG: join(folder, 'none.toml') })).toMatch(/none\.toml/);
  });

  it('when its secrets were damaged, without replacing them', async () => {
    writeFileSync(join(folder, 'secrets.json'), '{"admin_token":');
    expect(await refusal({})).toContain('secrets.json is not JSON: restore it, or start over with --fresh');
  });
});
