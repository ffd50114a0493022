/**
 * Serves the pages' files inside workerd as Cloudflare's static assets do for a single-page application: a file, else
 * index.html, with the headers of `_headers`. Until there is an index.html, a small page says so and asks again.
 * Lacks what the pages do not use: redirects, compression, ranges, placeholders in `_headers`.
 */

/** The service that has the files, and the one that says how far their building is. */
export const PAGES_FILES = 'PAGES_FILES';
export const PAGES_STATE = 'PAGES_STATE';

const script = `
const types = {
  html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml', woff2: 'font/woff2', json: 'application/json', png: 'image/png', txt: 'text/plain; charset=utf-8',
  yaml: 'application/yaml', map: 'application/json', ico: 'image/x-icon', webmanifest: 'application/manifest+json',
};
const matcherOf = (pattern) =>
  new RegExp('^' + pattern.split('*').map((part) => part.replace(/[.+?^$()|[\\]{}\\\\]/g, '\\\\$&')).join('.*') + '$');
const workerFirst = WORKER_FIRST.map(matcherOf);
const typeOf = (path) => types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
const escaped = (text) => text.replace(/[&<>"]/g, (c) => '&#' + c.charCodeAt(0) + ';');

export const isPage = (request) => {
  const { pathname } = new URL(request.url);
  return !workerFirst.some((matcher) => matcher.test(pathname));
};

const read = (env, path) => env.${PAGES_FILES}.fetch('http://files' + path);

async function headersFor(env, pathname) {
  const headers = new Headers();
  const file = await read(env, '/_headers');
  if (!file.ok) return headers;
  let applies = false;
  for (const line of (await file.text()).split('\\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!/^\\s/.test(line)) { applies = matcherOf(line.trim()).test(pathname); continue; }
    if (!applies) continue;
    const rule = line.trim();
    if (rule.startsWith('! ')) { headers.delete(rule.slice(2)); continue; }
    const colon = rule.indexOf(':');
    headers.append(rule.slice(0, colon), rule.slice(colon + 1).trim());
  }
  return headers;
}

async function notBuilt(env) {
  const { state, reason = '' } = await (await env.${PAGES_STATE}.fetch('http://state/')).json();
  const said = {
    building: 'The pages are being built. This page looks again by itself.',
    failed: 'The pages could not be built; the API is not concerned. ' + reason,
    off: 'The pages are not built: npm run pages builds them.',
    built: 'The pages are gone: npm run pages builds them.',
  }[state];
  const again = state === 'building' ? '<meta http-equiv="refresh" content="2">' : '';
  return new Response(
    '<!doctype html><html lang="en"><head><meta charset="utf-8">' + again +
      '<title>Tenantry</title></head><body><h1>Tenantry</h1><p>' + escaped(said) + '</p></body></html>',
    {
      status: 503,
      headers: {
        'content-type': types.html, 'cache-control': 'no-store', 'retry-after': '2',
        'content-security-policy': "default-src 'none'", 'x-content-type-options': 'nosniff',
      },
    },
  );
}

export async function servePage(request, env) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } });
  }
  const { pathname } = new URL(request.url);
  const isFile = /[.][^/]+$/.test(pathname) && pathname !== '/_headers';
  let path = isFile ? pathname : '/index.html';
  let file = await read(env, path);
  if (!file.ok && isFile) {
    path = '/index.html';
    file = await read(env, path);
  }
  if (!file.ok) return notBuilt(env);
  const headers = await headersFor(env, pathname);
  headers.set('content-type', typeOf(path));
  return new Response(request.method === 'HEAD' ? null : file.body, { headers });
}
`;

/** The module's text. @param workerFirst `run_worker_first` of wrangler.toml: paths that are no page; `*` stands for anything */
export const pagesScript = (workerFirst: readonly string[]): string =>
  script.replace('WORKER_FIRST', () => JSON.stringify(workerFirst));
