import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../cli/program.ts';
import { testWorld } from './harness.ts';

const shown = { now: '2026-03-01T00:00:00.000Z', moved_ms: -5_000_000, held: false, moving_to: null };

describe('clock', () => {
  let folder: string;
  let server: Server;
  let asked: unknown[];
  let answer: { status: number; body: unknown };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-cli-clock-'));
    server = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      asked.push([request.method, request.headers.authorization, body === '' ? null : JSON.parse(body)]);
      response.writeHead(answer.status).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const clock_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(folder, 'ready.json'), JSON.stringify({ clock_url, clock_token: 'secret' }));
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    asked = [];
    answer = { status: 200, body: shown };
  });

  const tenantry = async (...args: string[]) => {
    const world = testWorld({ DATA_DIR: folder });
    const code = await run(['clock', ...args], world);
    return { code, lines: world.lines, notes: world.notes };
  };

  it.each([
    [['advance', '14d'], { advance: '14d' }],
    [['advance', '2w', '--hold', '--step', 'day'], { advance: '2w', hold: true, step: 'day' }],
    [['to', '2026-03-01'], { to: '2026-03-01T00:00:00.000Z' }],
    [['to', '2026-03-01T10:00:00+02:00'], { to: '2026-03-01T10:00:00+02:00' }],
    [['to', 'real'], { to: 'real' }],
    [['hold'], { hold: true }],
    [['run'], { hold: false }],
  ])('%j sends the token of ready.json and what was meant', async (args, sent) => {
    expect(await tenantry(...args)).toEqual({ code: 0, lines: ['2026-03-01T00:00:00.000Z, moved'], notes: [] });
    expect(asked).toEqual([['POST', 'Bearer secret', sent]]);
  });

  it.each([
    [{ ...shown, moved_ms: 3 }, "2026-03-01T00:00:00.000Z, the machine's own time"],
    [{ ...shown, held: true }, '2026-03-01T00:00:00.000Z, and stands there: tenantry clock run lets it go'],
    [{ ...shown, moving_to: shown.now }, '2026-03-01T00:00:00.000Z, on its way to 2026-03-01T00:00:00.000Z'],
  ])('show says %#', async (body, line) => {
    answer = { status: 200, body };
    expect((await tenantry('show')).lines).toEqual([line]);
    expect(JSON.parse((await tenantry('show', '--json')).lines.join(''))).toEqual(body);
    expect(asked).toEqual([1, 2].map(() => ['GET', 'Bearer secret', null]));
  });

  it('tells why it was refused, and what is no clock', async () => {
    answer = { status: 422, body: { message: 'it never goes backwards' } };
    expect(await tenantry('advance', '1d')).toEqual({ code: 1, lines: [], notes: ['error: it never goes backwards'] });
    answer = { status: 200, body: 'hello' };
    expect((await tenantry('show')).notes[0]).toContain("is not a platform's clock");
  });

  it.each([
    [['advance', '1y']],
    [['advance', '0d']],
    [['to', '7d']],
    [['to', '2026-02-30']],
    [['advance', '1d', '--step', 'month']],
  ])('%j is a wrong call, and nobody is asked', async (args) => {
    expect((await tenantry(...args)).code).toBe(2);
    expect(asked).toEqual([]);
  });

  it('needs a platform of npm start', async () => {
    const world = testWorld({ DATA_DIR: join(folder, 'nothing') });
    expect(await run(['clock', 'show'], world)).toBe(2);
    expect(world.notes[0]).toContain('names no clock');
  });
});
