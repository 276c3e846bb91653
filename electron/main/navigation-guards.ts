import { APP_ORIGIN } from '#contracts/rpc.ts';

interface Preventable {
  preventDefault(): void;
}

interface FrameNavigation extends Preventable {
  readonly url: string;
  readonly isMainFrame: boolean;
}

/** The part of Electron's WebContents that decides where a page may go. */
export interface GuardedContents {
  on(event: 'will-navigate', listener: (event: FrameNavigation) => void): unknown;
  on(event: 'will-frame-navigate', listener: (event: FrameNavigation) => void): unknown;
  on(event: 'will-redirect', listener: (event: FrameNavigation) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  setWindowOpenHandler(handler: () => { action: 'deny' }): void;
}

/** Nobody leaves the page: no other document, no redirect, no new window, no embedded view. The page may load itself again. */
export function guardNavigation(contents: GuardedContents, onRefusal: (what: string, url: string) => void): void {
  const allowOnlyReload = (event: FrameNavigation) => {
    if (event.isMainFrame && isOwnPage(event.url)) return;
    event.preventDefault();
    onRefusal('navigation', event.url);
  };
  contents.on('will-navigate', allowOnlyReload);
  contents.on('will-frame-navigate', allowOnlyReload);
  contents.on('will-redirect', (event) => {
    event.preventDefault();
    onRefusal('redirect', event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    onRefusal('webview', '');
  });
  contents.setWindowOpenHandler(() => {
    onRefusal('window', '');
    return { action: 'deny' };
  });
}

/** Our page, with any fragment: screens live in the fragment. */
export function isOwnPage(url: string): boolean {
  const [page] = url.split('#', 1);
  return page === `${APP_ORIGIN}/` || page === `${APP_ORIGIN}/index.html`;
}
