/**
 * Real Chromium over the embedded platform: one platform and one browser a test file, a context a page. Whatever a page
 * complains of (console, Content-Security-Policy, a request to another machine) is kept, and is a failure of its test.
 */
import { rmSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { builtPages } from '../pages.ts';
import { startPlatform, type TestPlatform } from '../platform.ts';
import { describeWithTools, toolPath } from '../tools.ts';
import { chromiumArguments, hear } from './complaints.ts';

const CHROMIUM = 'chromium';
/** Far above what it takes to build the pages and to start. */
const beginMsMax = 300_000;
/** Far above what a page takes on a machine that does eight other things; the test's own time-out says more than this. */
const PAGE_TIMEOUT_MS = 90_000;
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 375, height: 740 };

export type Before = (context: BrowserContext) => Promise<unknown>;

export interface OpenOptions {
  viewport?: { width: number; height: number };
  /** Where its reader is, as IANA names it; without it where the tests run. */
  timeZone?: string;
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
  /** The platform's data folder, a copy of the caller's own, which is removed in the end. */
  dataDir?: () => Promise<string>;
  /** What there is before the first page is opened. */
  fill?: (platform: TestPlatform) => Promise<void>;
  /** How long that takes at most, with what `dataDir` does, beyond starting; ms. */
  fillMsMax?: number;
}

/** The tests of `body` with a platform and a browser; where there is no Chromium they are skipped, and fail in CI. */
export function describeInBrowser(
  name: string,
  body: (browsing: Browsing) => void,
  env: Record<string, string> = {},
  { args = [], dataDir: copied, fill = async () => {}, fillMsMax = 0 }: Filling = {},
): void {
  describeWithTools([CHROMIUM], name, () => {
    let platform: TestPlatform;
    let browser: Browser;
    let dataDir: string | undefined;
    const opened: { context: BrowserContext; complaints: string[] }[] = [];

    beforeAll(async () => {
      await builtPages();
      dataDir = await copied?.();
      [platform, browser] = await Promise.all([
        startPlatform({ env, args, ...(dataDir !== undefined && { dataDir }) }),
        chromium.launch({
          executablePath: toolPath(CHROMIUM),
          args: [...chromiumArguments],
        }),
      ]);
      await fill(platform);
    }, beginMsMax + fillMsMax);
    afterEach(async () => {
      const all = opened.splice(0);
      await Promise.all(all.map(({ context }) => context.close()));
      expect(all.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await platform?.stop();
      if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
    });

    body({
      get platform() {
        return platform;
      },
      async open(path, { viewport = desktop, timeZone, before, expected } = {}) {
        const context = await browser.newContext({
          viewport,
          baseURL: platform.url,
          reducedMotion: 'reduce',
          ...(timeZone !== undefined && { timezoneId: timeZone }),
        });
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
