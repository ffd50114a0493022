/** Where Stripe's pages may lead back to: nobody is sent to somebody else's page from ours. Pure. */

/** No blanks, controls or backslashes, which programs read differently; `{CHECKOUT_SESSION_ID}` is Stripe's to fill in. */
const isPlain = (url: string): boolean => /^[\x21-\x7e]+$/.test(url) && !url.includes('\\');

/** Whether the address is one of these origins', e.g. `https://app.example.com`. */
export function mayReturnTo(url: string, origins: readonly string[]): boolean {
  if (!isPlain(url)) return false;
  const parsed = URL.parse(url);
  return parsed !== null && parsed.username === '' && parsed.password === '' && origins.includes(parsed.origin);
}
