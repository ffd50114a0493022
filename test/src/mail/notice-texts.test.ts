/** What notices say: both parts tell the same, the link leads where it should, and no company's name is more than text. */
import { describe, expect, it } from 'vitest';
import { noticeMail } from '../../../src/mail/notice-texts.ts';
import type { Notice, NoticeKind, NoticeParams } from '../../../src/notices/notice.ts';

const at = Date.parse('2026-12-03T14:00:00.000Z');
const invoice = 'https://invoice.stripe.com/i/acct_1/live_1?s=ap&x=1';
const owed = { amount_cents: 2900, currency: 'usd' };

const spent = { cap_cents: 10_000, used_cents: 7550, currency: 'usd', period_ends_at: at };

/** One of each kind: what it has to say, and where its link leads; null for who cannot sign in any more. */
const kinds: { [K in NoticeKind]: { params: NoticeParams[K]; says: string[]; link: string | null } } = {
  trial_ending: { params: { trial_ends_at: at }, says: ['3 December 2026 at 14:00 UTC', 'is kept'], link: pages() },
  trial_ended: { params: {}, says: ['trial', 'has ended', 'is kept', 'Subscribe'], link: pages() },
  converted: { params: { plan: 'professional' }, says: ['plan professional'], link: pages() },
  payment_failed: {
    params: { ...owed, payment_url: invoice, grace_ends_at: at },
    says: ['29.00 USD', 'until 3 December 2026 at 14:00 UTC', 'is kept'],
    link: invoice,
  },
  payment_action_required: { params: { ...owed, payment_url: invoice }, says: ['29.00 USD', 'confirm'], link: invoice },
  grace_reminder: { params: { grace_ends_at: at, payment_url: invoice }, says: ['3 December 2026'], link: invoice },
  suspended: { params: { payment_url: invoice }, says: ['stopped', 'is kept', 'is paid'], link: invoice },
  recovered: { params: {}, says: ['has paid', 'runs again'], link: pages() },
  canceled: { params: { delete_at: at }, says: ['has ended', 'kept until 3 December 2026'], link: null },
  spend_cap_alert: {
    params: { ...spent, percent: 75, action: 'suspend' },
    says: ['75 % or more of your spend cap of', '75.50 USD', '100.00 USD', 'is stopped until you raise it', 'is kept'],
    link: pages(),
  },
  spend_cap_suspended: {
    params: spent,
    says: ['is stopped', '100.00 USD', 'raise the cap', '3 December 2026', 'invoiced as ever', 'is kept'],
    link: pages(),
  },
  spend_cap_resumed: { params: {}, says: ['runs again'], link: pages() },
  tax_address_wrong: { params: {}, says: ['address', 'nothing is charged'], link: pages() },
  deletion_ahead: { params: { delete_at: at }, says: ['On 3 December 2026', 'deleted, for good'], link: null },
  deleted: { params: {}, says: ['is being deleted now'], link: null },
};

function pages() {
  return 'https://billing.example.com/';
}

const noticeOf = (kind: NoticeKind, params: Notice['params'] = kinds[kind].params): Notice => ({
  customerId: 'cust_1',
  kind,
  about: 'in_1',
  params,
});
const mailTo = (company: string, notice: Notice) =>
  noticeMail(notice, { to: 'ada@example.com', company, publicUrl: 'https://billing.example.com' });

/** The text of the HTML part, as a reader sees it. */
const shown = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();

const hostile = '</p><a href="https://evil.example/x">click</a>\r\nBcc: you@evil.example evil.example/pay';

describe.each(Object.entries(kinds) as [NoticeKind, (typeof kinds)[NoticeKind]][])(
  'the mail %s',
  (kind, { says, link }) => {
    const mail = mailTo('Acme Inc', noticeOf(kind));

    it('says the same in both parts', () => {
      expect(mail).toMatchObject({ to: 'ada@example.com', subject: expect.stringMatching(/^[^\r\n]{10,80}$/) });
      for (const words of [...says, 'Acme Inc']) expect(mail.text).toContain(words);
      expect(shown(mail.html)).toBe(mail.text.replace(/\s+/g, ' ').trim());
    });

    it('leads where it should, and nowhere else', () => {
      const addresses = [...mail.text.matchAll(/https?:\S+/g)].map(([address]) => address);
      expect(addresses).toEqual(link === null ? [] : [link]);
      const links = [...mail.html.matchAll(/<a href="([^"]*)">/g)].map(([, href = '']) => shown(href));
      expect(links).toEqual(addresses);
    });

    it('takes a company’s name as nothing but words', () => {
      const { subject, text, html } = mailTo(hostile, noticeOf(kind));
      expect(subject).toBe(mail.subject);
      expect(text.split('\n')).toHaveLength(mail.text.split('\n').length);
      expect(html.match(/<[^>]*>/g)).toEqual(mail.html.match(/<[^>]*>/g));
      // Mail programs make links of what looks like an address, in both parts.
      for (const part of [text, html]) expect(part).not.toMatch(/evil\.example|you@evil|:\/\/evil/);
    });
  },
);

it('asks for the payment on the customer’s pages where Stripe has named no page, or none of the web', () => {
  for (const payment_url of [undefined, 'javascript:alert(1)', 'no address']) {
    const params = payment_url === undefined ? {} : { payment_url };
    expect(mailTo('Acme', noticeOf('suspended', params)).text).toContain(`\n\n${pages()}\n`);
  }
});

it('cuts a name that is too long to read', () => {
  expect(mailTo('x'.repeat(200), noticeOf('recovered')).text).toContain(`${'x'.repeat(80)}… has paid`);
});
