/** Mail over SMTP as a mail server sees it: one address, one header a line, and what a refusal means for the outbox. */
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSmtp } from '../../../src/mail/smtp.ts';

const from = 'Tenantry <mail@tenantry.test>';
const mail = { to: 'ada@example.com', subject: 'Hello', text: 'text\n', html: '<p>text</p>\n' };

/** A mail server on this machine; what it takes is in `taken`. */
async function serve(options: SMTPServerOptions = {}) {
  const taken: { to: string[]; eml: string }[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    onData(stream, { envelope }, done) {
      buffer(stream).then((eml) => {
        taken.push({ to: envelope.rcptTo.map(({ address }) => address), eml: eml.toString('utf8') });
        done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => {});
  const { port } = await new Promise<AddressInfo>((resolve) => {
    const listener = server.listen(0, '127.0.0.1', () => resolve(listener.address() as AddressInfo));
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { taken, url: `smtp://127.0.0.1:${port}`, port };
}

const refusing = (code: number) => Object.assign(new Error('in the server’s own words'), { responseCode: code });

describe('a mail', () => {
  it('is handed over with its sender, its text and its HTML, and an id of its own', async () => {
    const { taken, url } = await serve();
    expect(await openSmtp({ url, from }).send(mail, 'out_1')).toEqual({ ok: true, value: null });
    expect(taken).toMatchObject([{ to: ['ada@example.com'] }]);
    const eml = taken[0]?.eml ?? '';
    expect(eml).toMatch(/^From: Tenantry <mail@tenantry\.test>\r$/m);
    expect(eml).toMatch(/^Message-ID: <out_1@tenantry\.test>\r$/m);
    expect(eml).toMatch(/^Content-Type: text\/plain/m);
    expect(eml).toMatch(/^Content-Type: text\/html/m);
  });

  it('goes to one address and has no header that its subject or address would add', async () => {
    const { taken, url } = await serve();
    const smtp = openSmtp({ url, from });
    await smtp.send({ ...mail, subject: 'Hello\r\nBcc: eve@evil.test\r\n\r\n<script>' }, 'out_2');
    await smtp.send({ ...mail, to: 'ada@example.com, eve@evil.test' }, 'out_3');
    await smtp.send({ ...mail, to: 'ada@example.com\r\nRCPT TO:<eve@evil.test>' }, 'out_4');
    const everybody = taken.flatMap(({ to }) => to);
    expect(everybody[0]).toBe('ada@example.com');
    expect(everybody).not.toContain('eve@evil.test');
    expect(taken[0]?.eml).not.toMatch(/^Bcc:/m);
  });

  it('signs in at the server with the user and password of the URL', async () => {
    const seen: unknown[] = [];
    const { port } = await serve({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        seen.push([username, password]);
        done(null, password === 'p@ss:w/rd' ? { user: username } : {});
      },
    });
    const url = (password: string) => `smtp://mailer%40x:${encodeURIComponent(password)}@127.0.0.1:${port}`;
    expect(await openSmtp({ url: url('p@ss:w/rd'), from }).send(mail, 'out_5')).toMatchObject({ ok: true });
    expect(seen[0]).toEqual(['mailer@x', 'p@ss:w/rd']);
    // The password is ours to mend, not the mail's fault.
    expect(await openSmtp({ url: url('wrong'), from }).send(mail, 'out_6')).toMatchObject({
      ok: false,
      error: { kind: 'unreachable' },
    });
  });

  it('is refused for good by a 5xx for its address, and only postponed by a 4xx or a server that is away', async () => {
    const verdict = async (code: number) => {
      const { url } = await serve({ onRcptTo: (_address, _session, done) => done(refusing(code)) });
      return await openSmtp({ url, from }).send(mail, 'out_7');
    };
    expect(await verdict(550)).toEqual({ ok: false, error: { kind: 'refused', code: 'smtp_550' } });
    expect(await verdict(451)).toEqual({ ok: false, error: { kind: 'unreachable', code: 'smtp_451' } });
    const away = await openSmtp({ url: 'smtp://127.0.0.1:1', from }).send(mail, 'out_8');
    expect(away).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });
});
