import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { examplesOf, requestOf } from './examples.ts';

const api = makeApi();
beforeAll(async () => {
  await ensureCluster(api);
});

const document = String((env as unknown as Record<string, unknown>)['TEST_API_EXAMPLES']);
const valueAt = (body: unknown, path: readonly string[]): string =>
  String(path.reduce<unknown>((at, name) => (at as Record<string, unknown> | null)?.[name], body));

describe('the examples of the API', () => {
  // Each answer is held to its route's schema by `api.call` as well.
  it('answer what the page says, one after the other', async () => {
    const examples = examplesOf(document);
    expect(examples.length).toBeGreaterThan(20);
    const values: Record<string, string> = { URL: '', ADMIN: rootToken };
    for (const example of examples) {
      const { method, path, headers, body } = requestOf(example, values);
      const answer = await api.call(method, path, { headers, ...(body === undefined ? {} : { raw: body }) });
      const text = new TextDecoder().decode(await answer.arrayBuffer());
      expect(answer.status, `${method} ${path} answered ${text}`).toBe(example.status);
      if (example.code !== null) expect(JSON.parse(text), path).toMatchObject({ code: example.code });
      for (const [name, place] of Object.entries(example.keeps)) values[name] = valueAt(JSON.parse(text), place);
    }
  });

  it('are read as a shell reads them, and a block that promises nothing is refused', () => {
    const [example] = examplesOf(
      '```sh\n# 409 email_exists → A=.a.b\ncurl -X POST "$URL/x?y=$A" \\\n  -d \'{"c": "\'$A\'"}\'\n```\n',
    );
    if (!example) throw new Error('no example');
    expect(example).toMatchObject({ status: 409, code: 'email_exists', keeps: { A: ['a', 'b'] } });
    const request = requestOf(example, { URL: 'u', A: 'v' });
    expect(request).toEqual({ method: 'POST', path: 'u/x?y=v', headers: {}, body: '{"c": "v"}' });
    expect(() => requestOf(example, { URL: 'u' })).toThrow('$A');
    expect(() => examplesOf('```sh\ncurl $URL\n```\n')).toThrow('what it answers');
  });
});
