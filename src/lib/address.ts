/**
 * The address that a limit counts by. One spelling for each address, and one count for each /64 of IPv6: that is what a
 * single line has, so that a caller who may choose among 2^64 addresses is still one caller.
 */

const groups = 8;
const prefixGroups = 4;

/** The eight groups of an IPv6 address that the URL parser has made canonical (`[2001:db8::1]`). */
function groupsOf(canonical: string): string[] {
  const [head = '', tail] = canonical.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return tail === undefined
    ? left
    : [...left, ...Array<string>(groups - left.length - right.length).fill('0'), ...right];
}

/** `a.b.c.d` of an IPv4 address in an IPv6 one (`::ffff:a.b.c.d`), null for any other. */
function mappedIpv4(parts: readonly string[]): string | null {
  const [high, low] = parts.slice(-2).map((part) => Number.parseInt(part, 16));
  const mapped = parts.slice(0, 5).every((part) => part === '0') && parts[5] === 'ffff';
  if (!mapped || high === undefined || low === undefined) return null;
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** IPv4 as it is, IPv6 as its /64 (`2001:db8:0:1::/64`), IPv4 in IPv6 as IPv4; what is no address is `unknown`. */
export function canonicalAddress(given: string | null): string {
  const text = given?.trim() ?? '';
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return URL.parse(`http://${text}`)?.hostname ?? 'unknown';
  const host = /^[0-9a-f:.]+$/i.test(text) ? URL.parse(`http://[${text}]`)?.hostname : undefined;
  if (!host?.startsWith('[')) return 'unknown';
  const parts = groupsOf(host);
  return mappedIpv4(parts) ?? `${parts.slice(0, prefixGroups).join(':')}::/${prefixGroups * 16}`;
}
