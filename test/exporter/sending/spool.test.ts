import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool } from '../../../exporter/sending/spool.ts';
import type { WindowReport } from '../../../src/contracts/usage.ts';
import { customerId, hourMs, spoolFolder } from '../stand-ins.ts';

const startMs = Date.parse('2026-05-01T10:00:00Z');
const report = (more: Partial<WindowReport> = {}): WindowReport => ({
  customer_id: customerId,
  instance_id: 'i',
  namespace: 'customer-a1b2c3d4',
  timestamp: new Date(startMs + hourMs).toISOString(),
  window_start: new Date(startMs).toISOString(),
  window_end: new Date(startMs + hourMs).toISOString(),
  revision: startMs + hourMs,
  complete: true,
  cpu_hours: 1,
  ...more,
});

let folder: string;
beforeEach(() => {
  folder = spoolFolder();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the spool', () => {
  it('gives back what was put, whoever opens it, oldest first', () => {
    const spool = openSpool(folder);
    const later = new Date(startMs + hourMs).toISOString();
    spool.put('pending', report({ window_start: later }));
    spool.put('pending', report());
    const again = openSpool(folder);
    expect(again.list('pending')).toEqual([startMs, startMs + hourMs]);
    expect(again.read('pending', startMs)).toEqual(report());
  });

  it('moves a report without writing it again', () => {
    const spool = openSpool(folder);
    spool.put('pending', report());
    spool.move('pending', 'sent', startMs);
    expect([spool.list('pending'), spool.list('sent')]).toEqual([[], [startMs]]);
  });

  it('never shows part of a report, nor keeps one, when the disk has no room for all of it', () => {
    const module = new URL('../../../exporter/sending/spool.ts', import.meta.url).pathname;
    const long = JSON.stringify(report({ missing: Array.from({ length: 60 }, (_, i) => `some_quantity_of_it_${i}`) }));
    const program = `import { openSpool } from ${JSON.stringify(module)};
      openSpool(${JSON.stringify(folder)}).put('pending', ${long});`;
    // A limit on the size of files cuts a write short as a disk does that is nearly full.
    const limited = `trap '' XFSZ; ulimit -f 1; exec "$0" --input-type=module-typescript -e "$1"`;
    const { status, stderr } = spawnSync('bash', ['-c', limited, process.execPath, program], { encoding: 'utf8' });
    expect(stderr).toContain('EFBIG');
    expect(status).toBe(1);
    expect(readdirSync(join(folder, 'pending'))).toEqual([]);
  });

  it('takes no report for one of another window', () => {
    const spool = openSpool(folder);
    spool.put('pending', report());
    spool.move('pending', 'sent', startMs);
    expect(spool.read('sent', startMs)).not.toBeNull();
    rmSync(join(folder, 'pending'), { recursive: true });
    const other = openSpool(folder);
    other.put('pending', report({ window_start: new Date(startMs + hourMs).toISOString() }));
    spawnSync('cp', [join(folder, 'pending', `${startMs + hourMs}.json`), join(folder, 'pending', `${startMs}.json`)]);
    expect(other.read('pending', startMs)).toBeNull();
  });
});
