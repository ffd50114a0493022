/** The pages' files in front of the Worker, as Cloudflare serves them: served without a restart once they are there. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PagesState } from '../../../dev/pages/state.ts';
import { startWorker, type WorkerRuntime } from '../../../dev/worker/runtime.ts';

const worker = `export default { fetch: (request) => new Response('the Worker: ' + new URL(request.url).pathname) };`;

describe('pages in front of the Worker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-pages-'));
  const pages = join(folder, 'pages');
  let runtime: WorkerRuntime;
  let state: PagesState = { state: 'building' };

  beforeAll(async () => {
    const scriptPath = join(folder, 'worker.mjs');
    writeFileSync(scriptPath, worker);
    mkdirSync(pages);
    runtime = await startWorker({
      description: {
        name: 'pages',
        bundledEntry: 'worker.mjs',
        vars: {},
        queues: {},
        crons: [],
        databases: [],
        pages: { directory: pages, workerFirst: ['/api', '/api/*', '/health', '/.well-known/*'] },
        options: { compatibilityDate: '2026-10-01' },
      },
      scriptPath,
      bindings: {},
      port: 0,
      dataDir: folder,
      queueSocket: join(folder, 'no-queue'),
      pagesState: () => state,
      told: () => ({ version: 0, offset_ms: 0, held_at_ms: null }),
      log: () => {},
    });
  });
  afterAll(async () => {
    await runtime.stop();
    rmSync(folder, { recursive: true });
  });

  const get = (path: string, init: RequestInit = {}) => fetch(runtime.url + path, { redirect: 'manual', ...init });

  it('until they are built a small page says so and looks again by itself, and the API is not concerned', async () => {
    const waiting = await get('/admin/queues');
    expect(waiting.status).toBe(503);
    expect(waiting.headers.get('cache-control')).toBe('no-store');
    const text = await waiting.text();
    expect(text).toContain('are being built');
    expect(text).toContain('<meta http-equiv="refresh"');
    expect(await (await get('/api/customers')).text()).toBe('the Worker: /api/customers');
  });

  it('a build that failed is said with its reason, as text', async () => {
    state = { state: 'failed', reason: 'npm ci ended with 1: <script>' };
    const text = await (await get('/')).text();
    expect(text).toContain('npm ci ended with 1: &#60;script&#62;');
    expect(text).not.toContain('refresh');
  });

  describe('once they are built', () => {
    beforeAll(() => {
      const headers = [
        '# of all',
        '/*',
        "  Content-Security-Policy: default-src 'self'",
        '  Cache-Control: no-cache',
        '/assets/*',
        '  ! Cache-Control',
        '  Cache-Control: public, max-age=31536000, immutable',
      ];
      mkdirSync(join(pages, 'assets'));
      writeFileSync(join(pages, '_headers'), headers.join('\n'));
      writeFileSync(join(pages, 'assets/app-1234.js'), 'export {};');
      writeFileSync(join(pages, '.source'), 'a hash');
      writeFileSync(join(pages, 'index.html'), '<!doctype html><title>pages</title>');
    });

    it.each(['/', '/sign-in', '/admin/queues/jobs/job_1?x=1', '/apis', '/assets/gone-1.js', '/_headers', '/.source'])(
      '%s is the app',
      async (path) => {
        const answer = await get(path);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
        expect(answer.headers.get('content-security-policy')).toBe("default-src 'self'");
        expect(await answer.text()).toContain('<title>pages</title>');
      },
    );

    it('a file is itself, with its own headers', async () => {
      const answer = await get('/assets/app-1234.js');
      expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(await answer.text()).toBe('export {};');
    });

    it.each(['/api', '/api/', '/api/x.js', '/health', '/.well-known/jwks.json'])('%s is the Worker’s', async (path) => {
      const answer = await get(path);
      expect(await answer.text()).toBe(`the Worker: ${path}`);
      expect(answer.headers.get('content-security-policy')).toBeNull();
    });

    it('a page is only read', async () => {
      expect((await get('/sign-in', { method: 'POST', body: 'x' })).status).toBe(405);
      const head = await get('/sign-in', { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([200, '']);
    });
  });
});
