/**
 * One battery over every route that the app mounts: who may come in, whose things they may touch, and what a body may
 * look like. Whatever is sent, the answer is never a 5xx and always has the one error shape.
 */
import { createExecutionContext } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { createApp, endpoints } from '../../../src/app.ts';
import { problemBody } from '../../../src/contracts/common.ts';
import { inWordsOf } from '../../../src/contracts/failures.ts';
import { nameOf, urlOf } from './address.ts';
import { type Fixture, kindsOf, makeFixture } from './fixture.ts';
import { samples } from './samples.ts';

let f: Fixture;
beforeAll(async () => {
  f = await makeFixture();
});

async function refusal(response: Response, status: number | number[], code?: string): Promise<Record<string, unknown>> {
  const statuses = Array.isArray(status) ? status : [status];
  const text = await response.text();
  expect(statuses, text).toContain(response.status);
  const body: unknown = JSON.parse(text);
  expect(problemBody.safeParse(body).error?.message).toBeUndefined();
  if (code !== undefined) expect(body).toMatchObject({ code });
  return body as Record<string, unknown>;
}

const mounted = createApp()
  .routes.filter((route) => route.method !== 'ALL')
  .map((route) => `${route.method} ${route.path}`);

it('covers every route that the app mounts, and nothing else', () => {
  expect(new Set(mounted)).toEqual(new Set(endpoints.map(nameOf)));
  expect(Object.keys(samples).sort()).toEqual([...new Set(mounted)].sort());
});

it('answers an unknown path with the same shape, and what is no path', async () => {
  const odd = new Request('https://api.test/');
  // `GET *` reaches the Worker so.
  Object.defineProperty(odd, 'url', { value: 'https://api.test*' });
  await refusal(await f.api.app.fetch(odd, f.api.bindings, createExecutionContext()), 404, 'not_found');
  await refusal(await f.api.call('GET', '/api/nothing/here'), 404, 'not_found');
  await refusal(await f.api.call('PATCH', '/api/customers', { token: f.tokens.owner }), 404, 'not_found');
});

describe.each(endpoints.map((spec) => [nameOf(spec), spec] as const))('%s', (name, spec) => {
  const sample = samples[name] ?? {};
  const { admitted, refused } = kindsOf(spec.allow);
  const good = admitted.at(-1);
  const body = () => (spec.body ? { body: sample.body?.(f) ?? {} } : (sample.raw?.() ?? {}));
  const goodToken = () => (good ? { token: f.tokens[good] } : {});
  const send = (options: Parameters<Fixture['api']['call']>[2], replace?: Record<string, string>) =>
    f.api.call(spec.method.toUpperCase(), urlOf(spec, sample, f, replace), {
      ...(sample.bindings ? { bindings: sample.bindings } : {}),
      ...options,
    });

  if (!spec.allow.public) {
    it('needs a credential, and a live one', async () => {
      const { code } = inWordsOf(spec.words, { code: 'unauthenticated', message: '' });
      await refusal(await send(body()), 401, code);
      for (const token of Object.values(f.revoked)) await refusal(await send({ ...body(), token }), 401);
      const bent = [
        'x',
        `${f.tokens.account}0`,
        f.tokens.account.toUpperCase(),
        `${f.tokens.account.slice(0, -1)}g`,
        '_'.repeat(600),
      ];
      for (const token of bent) await refusal(await send({ ...body(), token }), 401);
      for (const token of f.forgedPeople) await refusal(await send({ ...body(), token }), 401, code);
      await refusal(await send({ ...body(), token: f.guest }), 403, 'forbidden');
    });

    it('refuses two different credentials in one request', async () => {
      const token = f.tokens[good ?? 'owner'];
      await refusal(await send({ ...body(), token, headers: { 'x-api-key': f.otherAccount } }), 401);
    });

    it('refuses every other kind of principal', async () => {
      for (const kind of refused) await refusal(await send({ ...body(), token: f.tokens[kind] }), 403, 'forbidden');
    });
  }

  if (spec.allow.person && !spec.allow.public) {
    it('shows a person nothing of another organisation', async () => {
      const answer = await send({ ...body(), token: f.otherPerson });
      expect(answer.status).toBeLessThan(500);
      const text = await answer.text();
      for (const theirs of [f.organisationId, f.customerId]) expect(text).not.toContain(theirs);
    });
  }

  if (spec.path.includes(':customerId')) {
    const bound = [spec.allow.account && 'otherAccount', spec.allow.reporter && 'otherReporter'].filter(Boolean);
    if (bound.length > 0)
      it("answers somebody else's id like one that does not exist", async () => {
        for (const who of bound as ('otherAccount' | 'otherReporter')[]) {
          const foreign = await refusal(await send({ ...body(), token: f[who] }), 404);
          const missing = await refusal(
            await send({ ...body(), token: f[who] }, { customerId: `cust_${'0'.repeat(32)}` }),
            404,
          );
          const same = ({ success, error, code, message, details }: Record<string, unknown>) => ({
            success,
            error,
            code,
            message,
            details,
          });
          expect(same(foreign)).toEqual(same(missing));
        }
      });

    it('answers an id that is none with 404', async () => {
      for (const customerId of ['x', '..', '💥', 'cust_', `cust_${'0'.repeat(31)}g`, 'a'.repeat(3000)]) {
        await refusal(await send({ ...body(), ...goodToken() }, { customerId }), 404, 'not_found');
      }
    });
  }

  if (spec.body) {
    const limit = spec.wireBytesMax ?? 64 * 1024;
    const padded = () => JSON.stringify({ ...(sample.body?.(f) as object), padding: 'x'.repeat(limit) });

    it('takes JSON only', async () => {
      const raw = JSON.stringify(sample.body?.(f) ?? {});
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
        await refusal(
          await send({ ...goodToken(), raw, headers: { 'content-type': type } }),
          415,
          'unsupported_media_type',
        );
      }
      for (const broken of ['{', '{"a":1', 'null x', '\ud800', '{"a":NaN}']) {
        await refusal(
          await send({ ...goodToken(), raw: broken, headers: { 'content-type': 'application/json' } }),
          400,
          'invalid_json',
        );
      }
    });

    it('refuses a body over its limit, also one that does not say its length', async () => {
      const headers = { 'content-type': 'application/json' };
      await refusal(await send({ ...goodToken(), raw: padded(), headers }), 413, 'too_large');
      const bytes = new TextEncoder().encode(padded());
      const stream = new ReadableStream({
        start(controller) {
          for (let at = 0; at < bytes.length; at += 16_384) controller.enqueue(bytes.slice(at, at + 16_384));
          controller.close();
        },
      });
      await refusal(await send({ ...goodToken(), raw: stream, headers }), 413, 'too_large');
    });

    it('refuses text that is not well-formed Unicode, in a value and in a name', async () => {
      if (spec.mendsText) return;
      for (const raw of ['{"company_name":"A\\ud800B"}', '{"a":[{"\\udc00b":1}]}', '["\\uD83D"]', '"\\udfff"']) {
        const headers = { 'content-type': 'application/json' };
        const answer = await refusal(await send({ ...goodToken(), raw, headers }), 422, 'validation_failed');
        expect(JSON.stringify(answer['details'])).toContain('well-formed');
      }
    });

    it('refuses what is no object, and wrong types with their path', async () => {
      for (const value of [[], 'text', 7, null]) {
        await refusal(await send({ ...goodToken(), body: value }), [400, 422]);
      }
      if (!sample.wrongType) return;
      const wrong = { ...(sample.body?.(f) as object), ...sample.wrongType };
      const answer = await refusal(await send({ ...goodToken(), body: wrong }), 422);
      const field = Object.keys(sample.wrongType)[0] ?? '';
      expect(JSON.stringify(answer['details'])).toContain(field);
    });

    if (!sample.toleratesUnknownFields)
      it('refuses an unknown field', async () => {
        const extra = { ...(sample.body?.(f) as object), no_such_field: 1 };
        await refusal(await send({ ...goodToken(), body: extra }), 400, 'unknown_field');
      });
  }

  if (spec.query) {
    it('refuses a wrong query', async () => {
      const url = `${urlOf(spec, { ...sample, query: '' }, f)}?page=x&limit=-1&days=x&state=nope&instance_id=&kind=x&period=x&hours=x&reason=&kid=${'x'.repeat(101)}`;
      await refusal(await f.api.call(spec.method.toUpperCase(), url, goodToken()), 422, 'validation_failed');
    });
  }

  it('takes no text that is none, in its query and in its path', async () => {
    for (const query of ['a=%00', 'a=%0a', 'a=%1b%5b2J', 'a=%E2%80%AE', 'a=%ED%A0%80', 'a=%ff', '%c3%28=1', 'a=%']) {
      if (!spec.query) break;
      const url = `${urlOf(spec, { ...sample, query: '' }, f)}?${query}`;
      await refusal(await f.api.call(spec.method.toUpperCase(), url, goodToken()), 422, 'validation_failed');
    }
    for (const name of [...spec.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')) {
      for (const bad of ['a\u0000', 'a\nready {}', '\u202e', '\u009b2J'])
        await refusal(await send({ ...body(), ...goodToken() }, { [name]: bad }), 404, 'not_found');
    }
  });

  it('does what it says with a good request, or refuses it in the one shape', async () => {
    const response = await send({ ...body(), ...goodToken() });
    expect(response.status).toBeLessThan(500);
    expect(response.headers.get('cache-control')).toMatch(/^(no-store|private, no-cache|public, max-age=300)$/);
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    if (response.status >= 400) await refusal(response, [403, 404, 409, 422, 426]);
  });
});
