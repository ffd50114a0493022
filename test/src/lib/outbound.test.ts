/** Calls of addresses that others name: where they may go, and what the other side cannot do to us. */
import { describe, expect, it } from 'vitest';
import { guardOutbound } from '../../../src/lib/outbound.ts';

const hello = () => Promise.resolve(new Response('hello'));

describe('an address', () => {
  const deployed = guardOutbound(hello, { local: false });
  const embedded = guardOutbound(hello, { local: true });

  it.each(['https://example.com/hook', 'https://example.com:8443/', 'https://8.8.8.8/', 'https://[2606:4700::1111]/'])(
    'may be public: %s',
    async (url) => {
      expect(await deployed.send(url)).toMatchObject({ ok: true, value: { status: 200, text: 'hello' } });
    },
  );

  it.each([
    'http://example.com/',
    'https://u@example.com/',
    'https://:p@example.com/',
    'file:///etc/passwd',
    'https://localhost/',
    'https://a.localhost./',
    'https://127.9.9.9/',
    'https://2130706433/',
    'https://0/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fe80::1%25eth0]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:a00:1::]/',
    'https://[2001:db8::1]/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://intranet/',
    'https://printer.local/',
    'nonsense',
    '',
  ])('may not be %s', async (url) => {
    expect(await deployed.send(url)).toMatchObject({ ok: false, error: { kind: 'address' } });
    expect(deployed.fault(url)).not.toBeNull();
  });

  it('may be this machine, over http too, where the API is there itself; others need TLS still', async () => {
    for (const url of ['http://127.0.0.1:9000/', 'http://[::1]:1/', 'https://10.0.0.1/'])
      expect((await embedded.send(url)).ok).toBe(true);
    for (const url of ['http://10.0.0.1/', 'http://example.com/']) expect((await embedded.send(url)).ok).toBe(false);
  });
});

describe('the other side', () => {
  const answering = (answer: (signal: AbortSignal) => Response | Promise<Response>) =>
    guardOutbound(async (_, init) => await answer(init.signal as AbortSignal), {
      local: false,
      timeoutMs: 50,
      bytesMax: 100,
    });
  const kindOf = async (answer: Parameters<typeof answering>[0]) => {
    const sent = await answering(answer).send('https://example.com/');
    return sent.ok ? sent.value.status : sent.error.kind;
  };
  const never = () => new Promise<Response>(() => {});

  it('cannot hold us up, neither before its answer nor in it', async () => {
    expect(await kindOf(never)).toBe('slow');
    const drip = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
    expect(await kindOf(() => new Response(drip))).toBe('slow');
  });

  it('cannot fill us, whatever length it says', async () => {
    let sent = 0;
    const flood = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(40));
      },
    });
    expect(await kindOf(() => new Response(flood))).toBe('too_large');
    expect(sent).toBeLessThan(10);
    expect(await kindOf(() => new Response('x'.repeat(100)))).toBe(200);
  });

  it('cannot send us elsewhere, and is not followed', async () => {
    for (const status of [301, 302, 303, 307, 308])
      expect(await kindOf(() => new Response(null, { status, headers: { location: 'https://10.0.0.1/' } }))).toBe(
        'redirect',
      );
  });

  it('may be gone, or answer with an error', async () => {
    expect(await kindOf(() => Promise.reject(new TypeError('refused')))).toBe('unreachable');
    expect(await kindOf(() => new Response('', { status: 500 }))).toBe(500);
  });
});
