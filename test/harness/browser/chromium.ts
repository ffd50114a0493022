/**
 * Real Chromium over the embedded platform: one platform and one browser a test file, a context a page. Whatever a page
 * complains of (console, Content-Security-Policy, a request to another machine) is kept, and is a failure of its test.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { builtPages } from '../pages.ts';
import { startPlatform, type TestPlatform } from '../platform.ts';
import { describeWithTools, toolPath } from '../tools.ts';

const CHROMIUM = 'chromium';
/** Far above what a page takes; a page that never comes is this slow. */
const PAGE_TIMEOUT_MS = 30_000;
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 375, height: 740 };

export type Before = (context: BrowserContext) => Promise<unknown>;

export interface OpenOptions {
  viewport?: { width: number; height: number };
  /** Before the page is there, one after the other: a session, answers in the API's place. */
  before?: Before | readonly Before[];
  /** Complaints of the page that this test is about. */
  expected?: RegExp;
}

export interface Browsing {
  platform: TestPlatform;
  /** Opens a page of the app. @param path with its query */
  open: (path: string, options?: OpenOptions) => Promise<Page>;
}

export interface Filling {
  /** Arguments of the platform. */
  args?: string[];
  /** What there is before the first page is opened. */
  fill?: (platform: TestPlatform) => Promise<void>;
}

/** What Chromium itself writes when a request is answered with an error: the test's own assertion is about that. */
const refusedRequest =
  /^Failed to load resource: the server responded with a status of|^Failed to load resource: net::ERR_/;

function hear(context: BrowserContext, origin: string, expected: RegExp | undefined): string[] {
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

/** The tests of `body` with a platform and a browser; where there is no Chromium they are skipped, and fail in CI. */
export function describeInBrowser(
  name: string,
  body: (browsing: Browsing) => void,
  env: Record<string, string> = {},
  { args = [], fill = async () => {} }: Filling = {},
): void {
  describeWithTools([CHROMIUM], name, () => {
    let platform: TestPlatform;
    let browser: Browser;
    const opened: { context: BrowserContext; complaints: string[] }[] = [];

    beforeAll(async () => {
      await builtPages();
      [platform, browser] = await Promise.all([
        startPlatform({ env, args }),
        chromium.launch({
          executablePath: toolPath(CHROMIUM),
          args: [
            '--no-sandbox',
            '--disable-background-networking',
            '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
          ],
        }),
      ]);
      await fill(platform);
    });
    afterEach(async () => {
      const all = opened.splice(0);
      await Promise.all(all.map(({ context }) => context.close()));
      expect(all.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await platform?.stop();
    });

    body({
      get platform() {
        return platform;
      },
      async open(path, { viewport = desktop, before, expected } = {}) {
        const context = await browser.newContext({ viewport, baseURL: platform.url, reducedMotion: 'reduce' });
        context.setDefaultTimeout(PAGE_TIMEOUT_MS);
        opened.push({ context, complaints: hear(context, platform.url, expected) });
        for (const prepare of [before ?? []].flat()) await prepare(context);
        const page = await context.newPage();
        await page.goto(path);
        return page;
      },
    });
  });
}
