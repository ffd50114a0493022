/** What a page complains of (console, Content-Security-Policy) or must not do (a request to another machine). */
import type { BrowserContext } from 'playwright-core';

/** Chromium's, so that it knows no other machine. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-background-networking',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
] as const;

/** What Chromium itself writes when a request is answered with an error: the test's own assertion is about that. */
const refusedRequest =
  /^Failed to load resource: the server responded with a status of|^Failed to load resource: net::ERR_/;

/** Keeps the complaints of all pages of the context. @param expected what is none */
export function hear(context: BrowserContext, origin: string, expected: RegExp | undefined): string[] {
  const complaints: string[] = [];
  const complain = (text: string) => {
    if (!refusedRequest.test(text) && expected?.test(text) !== true) complaints.push(text);
  };
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complain(message.text());
  });
  context.on('weberror', (error) => complain(String(error.error())));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(?:data|blob|about):/.test(url)) complain(`a request to ${url}`);
  });
  return complaints;
}
