import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { guardNavigation, isOwnPage } from '#electron/main/navigation-guards.ts';

class FakeContents extends EventEmitter {
  windowOpen: (() => { action: 'deny' }) | null = null;
  setWindowOpenHandler(handler: () => { action: 'deny' }): void {
    this.windowOpen = handler;
  }

  /** True when the page was kept where it is. */
  attempt(event: string, url: string, isMainFrame = true): boolean {
    let wasPrevented = false;
    this.emit(event, { url, isMainFrame, preventDefault: () => (wasPrevented = true) });
    return wasPrevented;
  }
}

function guarded(): { contents: FakeContents; refusals: string[] } {
  const contents = new FakeContents();
  const refusals: string[] = [];
  guardNavigation(contents, (what, url) => refusals.push(`${what} ${url}`));
  return { contents, refusals };
}

describe('guardNavigation', () => {
  describe('when a page wants to leave', () => {
    it.each([
      'https://evil.example/',
      'http://127.0.0.1:8080/',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'data:text/html,x',
      'app://other/',
      'app://gantry/assets/x.html',
      'app://gantry.evil/',
      'about:blank',
      '',
    ])('keeps it from %j by navigation, frame navigation and redirect', (url) => {
      const { contents } = guarded();

      expect(contents.attempt('will-navigate', url)).toBe(true);
      expect(contents.attempt('will-frame-navigate', url)).toBe(true);
      expect(contents.attempt('will-redirect', url)).toBe(true);
    });

    it('opens no window and attaches no webview, and reports each', () => {
      const { contents, refusals } = guarded();

      expect(contents.windowOpen?.()).toEqual({ action: 'deny' });
      expect(contents.attempt('will-attach-webview', '')).toBe(true);
      expect(refusals).toEqual(['window ', 'webview ']);
    });
  });

  describe('when the page loads itself again', () => {
    it('lets the top frame do so', () => {
      expect(guarded().contents.attempt('will-navigate', 'app://gantry/#/fleet')).toBe(false);
    });

    it('refuses a sub-frame and a redirect', () => {
      const { contents } = guarded();

      expect(contents.attempt('will-frame-navigate', 'app://gantry/', false)).toBe(true);
      expect(contents.attempt('will-redirect', 'app://gantry/')).toBe(true);
    });
  });
});

describe('isOwnPage', () => {
  it.each(['app://gantry/', 'app://gantry/index.html', 'app://gantry/#/import'])('accepts %s', (url) => {
    expect(isOwnPage(url)).toBe(true);
  });
});
