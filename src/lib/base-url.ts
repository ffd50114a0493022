/**
 * Which URLs a program may send its requests to, and which of them may carry a credential: https, or http to this very
 * machine. Anything else would show the credential to whoever is on the way, and needs ALLOW_PLAIN_HTTP=true.
 */

/** The meaning of the variable ALLOW_PLAIN_HTTP, for every program's table. */
export const plainHttpMeaning = 'true: credentials may go over http to other machines, readable on the way';

/** Whether the text is an http or https URL that paths can be added to: no user, password, query or fragment. */
export function isBaseUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return url.username === '' && url.password === '' && !/[?#]/.test(text);
}

/** Whether what is sent to the host stays on this machine. `hostname` as `URL` gives it, IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname) || /(?:^|\.)localhost$/.test(hostname);
}

/** Whether a credential may be sent to the base URL without ALLOW_PLAIN_HTTP. */
export function isConfidential(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'https:' || isLoopback(hostname);
}

/** Whether the URL is http to this very machine: a browser takes no cookie there that is for https only. */
export function isPlainLoopback(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && isLoopback(hostname);
}

/** The URL without slashes at its end, so that a path can be added. */
export const withoutSlash = (baseUrl: string): string => baseUrl.replace(/\/+$/, '');

/**
 * One line for each variable whose URL would carry a credential in the clear; none when ALLOW_PLAIN_HTTP is true.
 * @param found the variables' values by name; what is undefined is not set
 * @param carried the credentials' variables by the URL's variable
 */
export function plainHttpFaults(
  found: Readonly<Record<string, unknown>>,
  carried: Readonly<Record<string, readonly string[]>>,
): string[] {
  if (found['ALLOW_PLAIN_HTTP'] === true) return [];
  return Object.entries(carried).flatMap(([name, credentials]) => {
    const baseUrl = found[name];
    const sent = credentials.find((credential) => found[credential] !== undefined);
    if (typeof baseUrl !== 'string' || sent === undefined || isConfidential(baseUrl)) return [];
    return [`${name} must be https, because ${sent} is sent to it; ALLOW_PLAIN_HTTP=true allows http`];
  });
}
