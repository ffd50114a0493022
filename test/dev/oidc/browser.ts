/** A browser as far as a sign-in needs one: cookies, redirects, forms and the refresh of a page. */

export type Page = { status: number; url: URL; text: string };

export function openBrowser() {
  const jar = new Map<string, string>();

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const isGone = value === '' || attributes.some((attribute) => /^max-age=0$/i.test(attribute));
      if (isGone) jar.delete(name);
      else jar.set(name, value);
    }
  }

  async function ask(url: URL | string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) } as Record<string, string>;
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    keep(response);
    return response;
  }

  /** Goes to an address, through every redirect and refresh, to the page at the end. */
  async function go(to: URL | string, init: RequestInit = {}): Promise<Page> {
    let url = new URL(to);
    let response = await ask(url, init);
    for (let steps = 0; steps < 20; steps++) {
      const location = response.headers.get('location');
      const text = location === null ? await response.text() : '';
      const next =
        location ?? /http-equiv="refresh" content="0; url=([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
      if (next === undefined) return { status: response.status, url, text };
      url = new URL(next, url);
      response = await ask(url);
    }
    throw new Error(`no end of redirects at ${url}`);
  }

  /** Sends the form of a page. */
  const submit = (page: Page, fields: Record<string, string>) =>
    go(page.url, { method: 'POST', body: new URLSearchParams(fields) });

  return { jar, ask, go, submit };
}
