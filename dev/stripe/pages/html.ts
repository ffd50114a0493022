/** HTML of the stand-in's pages: every value that is put into it is escaped, but what is HTML already. */
import type { ServerResponse } from 'node:http';

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Part = string | number | null | false | Html | readonly Html[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

function textOf(part: Part): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('\n') : escaped(String(part));
}

export const html = (strings: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(strings.map((text, index) => (index === 0 ? text : textOf(parts[index - 1] ?? null) + text)).join(''));

/** No form-action: browsers hold it against the redirect that follows the form, which leads to the seller's page. */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // Not no-referrer: a form would then come from the origin "null".
  'referrer-policy': 'same-origin',
};

export function answerPage(response: ServerResponse, status: number, title: string, body: Html): void {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
<footer><p>The Stripe stand-in of this machine: no card is real, and nothing is paid.</p></footer>
</body>
</html>
`;
  response.writeHead(status, pageHeaders).end(page.text);
}

/** After a form: the browser gets what comes next by GET. */
export function answerGoTo(response: ServerResponse, address: string): void {
  response.writeHead(303, { location: address, 'cache-control': 'no-store' }).end();
}

/** 2900 and `usd` as `$29.00`. */
export const money = (cents: number, currency: string): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(cents / 100);

/** Unix seconds as a day. */
export const day = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
