/**
 * The stand-in's pages: forms without script, on loopback, without a key, because whoever has an address of Stripe's pages may use
 * it; ids are not guessed. Owns their addresses, and that no page of another name or site sends a form here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';
import { placesOf, segmentsOf } from '../router.ts';
import type { Area } from '../server.ts';
import { answerGoTo, answerPage, type Html, html } from './html.ts';

/** What a page answers: itself, or where the browser is to go. */
export type Shown = { title: string; body: Html } | { goTo: string };
export type Page = {
  /** `/checkout/:id` */
  path: string;
  /** Null where the id is of nothing. @param problem why the form that was sent was not taken */
  show: (id: string, problem: string | null) => Shown | null;
  /** Takes the form of the page. Throws Refusal; a text is what the person is told on the page. */
  take?: (id: string, form: URLSearchParams) => Promise<Shown | string>;
};

const notFound = 404;
const unprocessable = 422;
const misdirected = 421;
const forbidden = 403;
const methodNotAllowed = 405;

async function taken(page: Page, id: string, body: string): Promise<Shown | string> {
  try {
    return (await page.take?.(id, new URLSearchParams(body))) ?? 'There is no form here.';
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** @param origin where the pages are; requests by another name, and forms of another site, are refused */
export function pagesArea(pages: readonly Page[], origin: string): Area {
  const table = pages.map((page) => ({ page, pattern: segmentsOf(page.path) }));
  const { host } = new URL(origin);

  const answer = (response: ServerResponse, status: number, shown: Shown) =>
    'goTo' in shown ? answerGoTo(response, shown.goTo) : answerPage(response, status, shown.title, shown.body);
  const say = (response: ServerResponse, status: number, title: string) => answerPage(response, status, title, html``);

  return async (request: IncomingMessage, response: ServerResponse, url: URL, body: string) => {
    if (request.headers.host !== host) return say(response, misdirected, 'These pages have another address');
    const path = segmentsOf(url.pathname);
    const found = table
      .map(({ page, pattern }) => ({ page, id: placesOf(pattern, path)?.['id'] }))
      .find(({ id }) => id !== undefined);
    const [page, id = ''] = [found?.page, found?.id];
    const shown = page?.show(id, null) ?? null;
    if (page === undefined || shown === null) return say(response, notFound, 'There is nothing here');
    if (request.method === 'GET') return answer(response, 200, shown);
    if (request.method !== 'POST' || page.take === undefined) return say(response, methodNotAllowed, 'Look at it');
    const from = request.headers.origin;
    if (from !== undefined && from !== origin) return say(response, forbidden, 'A form of another site');
    const next = await taken(page, id, body);
    if (typeof next !== 'string') return answer(response, 200, next);
    const again = page.show(id, next);
    if (again === null) return say(response, notFound, 'There is nothing here');
    return answer(response, unprocessable, again);
  };
}
