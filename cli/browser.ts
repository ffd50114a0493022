/** Opens a page in the person's browser, by the machine's own opener. Whether one came up cannot be told. */
import { spawn } from 'node:child_process';

/** No shell is between: an address is one argument, whatever stands in it. */
const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Only pages of the web are opened: an opener starts other programs for other addresses. @returns whether it was tried */
export function openInBrowser(url: string, platform = process.platform): boolean {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return false;
  const [program, ...args] = openers[platform] ?? ['xdg-open'];
  const opener = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  // Without an opener the address that is printed is all there is.
  opener.on('error', () => {});
  opener.unref();
  return true;
}
