/** Hands a mail to the mail server, and says what that means for its row. */
import type { Write } from '../../db/write.ts';
import type { Mail } from '../../mail/port.ts';
import { later, never, type Sent } from '../../outbox/outbox.ts';
import type { OutboxRow } from '../../outbox/store.ts';
import type { Carriers } from './carriers.ts';

/** Without a mail server the mail waits; how long that is of use its sender says. */
export async function handOver({ mail }: Pick<Carriers, 'mail'>, row: OutboxRow, text: Mail): Promise<Sent<Write>> {
  if (!mail) return later('mail_not_configured');
  const sent = await mail.send(text, row.id);
  if (sent.ok) return { outcome: 'ok', writes: [] };
  return sent.error.kind === 'refused' ? never(sent.error.code) : later(sent.error.code);
}
