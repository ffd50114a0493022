import { describe, expect, it } from 'vitest';
import { openInBrowser } from '../../cli/browser.ts';

describe('opening a page', () => {
  it('is for pages of the web only: no opener is started for anything else', () => {
    for (const url of ['file:///etc/passwd', 'javascript:alert(1)', '--version', 'smb://host/share', '']) {
      expect(openInBrowser(url)).toBe(false);
    }
  });
});
