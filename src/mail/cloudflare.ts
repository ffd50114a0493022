/**
 * Mail through Cloudflare's `send_email` binding. It takes no Message-ID of ours: a mail whose answer was lost and that is sent
 * again comes as two.
 */
import { err, ok } from '../lib/result.ts';
import type { MailFailure, MailPort } from './port.ts';

/** The address, or the name and the address, of MAIL_FROM. */
function senderOf(from: string): string | { name: string; email: string } {
  const [, name, email] = /^(.+?)\s*<([^<>]+)>$/.exec(from) ?? [];
  return name === undefined || email === undefined ? from : { name, email };
}

/** What is said of one address or mail, and would be said again (developers.cloudflare.com/email-service, Workers API). */
const refusals: readonly string[] = [
  'E_RECIPIENT_SUPPRESSED',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_VALIDATION_ERROR',
  'E_FIELD_MISSING',
  'E_CONTENT_TOO_LARGE',
];

/** The port over the binding. @param from who sends, an address with or without a name */
export const openBinding = (binding: SendEmail, from: string): MailPort => ({
  async send({ to, subject, text, html }) {
    try {
      await binding.send({ from: senderOf(from), to, subject, text, html });
      return ok(null);
    } catch (error) {
      return err(failureOf(error));
    }
  },
});

/** A sender that is not verified, a limit and an error inside are for us, or for time, to mend. */
function failureOf(error: unknown): MailFailure {
  const given = (error as { code?: unknown }).code;
  const code = typeof given === 'string' && /^E_[A-Z_]{1,60}$/.test(given) ? given : 'E_UNKNOWN';
  return { kind: refusals.includes(code) ? 'refused' : 'unreachable', code: code.toLowerCase() };
}
