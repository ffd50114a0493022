/** The narrow port to mail: what a delivery may ask of it. Implemented by smtp.ts. */
import type { Result } from '../lib/result.ts';

export interface Mail {
  to: string;
  /** One line. */
  subject: string;
  text: string;
  html: string;
}

/**
 * Why a mail was not taken. `refused`: the server will not take it for that address, and would not at another time.
 * `unreachable`: it could not be asked, wants nothing now, or does not know us. `code` is a short word, not the server's text.
 */
export type MailFailure = { kind: 'refused' | 'unreachable'; code: string };

export interface MailPort {
  /** Hands a mail over. The same id again is the same mail, for readers that know it by its Message-ID. */
  send(mail: Mail, id: string): Promise<Result<null, MailFailure>>;
}
