import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { denyForeignTrust, lockSession, type LockableSession } from '#electron/main/session-lockdown.ts';

type RequestHandler = Parameters<LockableSession['setPermissionRequestHandler']>[0];
type RequestFilter = Parameters<LockableSession['webRequest']['onBeforeRequest']>[0];

class FakeSession extends EventEmitter {
  request: RequestHandler | null = null;
  check: (() => boolean) | null = null;
  device: (() => boolean) | null = null;
  filter: RequestFilter | null = null;
  readonly webRequest = {
    onBeforeRequest: (filter: RequestFilter): void => {
      this.filter = filter;
    },
  };
  setPermissionRequestHandler(handler: RequestHandler): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: () => boolean): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.device = handler;
  }

  isCancelled(url: string): boolean | undefined {
    let cancelled: boolean | undefined;
    this.filter?.({ url }, (response) => (cancelled = response.cancel));
    return cancelled;
  }
}

function locked(devTools = false): { session: FakeSession; refusals: string[] } {
  const session = new FakeSession();
  const refusals: string[] = [];
  lockSession(session, { devTools, onRefusal: (what, subject) => refusals.push(`${what} ${subject}`) });
  return { session, refusals };
}

describe('lockSession', () => {
  it.each([
    'media',
    'geolocation',
    'notifications',
    'usb',
    'serial',
    'hid',
    'clipboard-read',
    'fileSystem',
    'openExternal',
    'anything new',
  ])('denies the permission %s', (permission) => {
    const { session, refusals } = locked();
    const answers: boolean[] = [];

    session.request?.({}, permission, (granted) => answers.push(granted));

    expect(answers).toEqual([false]);
    expect(refusals).toEqual([`permission ${permission}`]);
  });

  it('denies every check and every device', () => {
    const { session } = locked();

    expect([session.check?.(), session.device?.()]).toEqual([false, false]);
  });

  it.each([
    ['https://evil.example/a.exe', true],
    ['app://gantry/index.html', true],
    ['blob:https://evil.example/1-2', true],
    ['data:text/html,x', true],
    [undefined, true],
    ['blob:app://gantry/1-2', false],
  ])('a download of %s is prevented: %s', (url, isPrevented) => {
    const { session, refusals } = locked();
    let wasPrevented = false;
    const event = { preventDefault: () => (wasPrevented = true) };

    session.emit('will-download', event, ...(url === undefined ? [] : [{ getURL: () => url }]));

    expect(wasPrevented).toBe(isPrevented);
    expect(refusals).toHaveLength(isPrevented ? 1 : 0);
  });

  it.each([
    'http://evil.example/',
    'https://evil.example/',
    'ws://127.0.0.1/',
    'wss://x/',
    'file:///etc/passwd',
    'ftp://x/',
    'devtools://devtools/',
    'about:blank',
    'nonsense',
    '',
  ])('cancels the request %j', (url) => {
    expect(locked().session.isCancelled(url)).toBe(true);
  });

  it.each(['app://gantry/', 'blob:app://gantry/1-2', 'data:image/png;base64,AA'])('lets %s through', (url) => {
    expect(locked().session.isCancelled(url)).toBe(false);
  });

  it('lets developer tools through in a checkout only', () => {
    expect(locked(true).session.isCancelled('devtools://devtools/bundled/x.html')).toBe(false);
    expect(locked(true).session.isCancelled('https://evil.example/')).toBe(true);
  });
});

describe('denyForeignTrust', () => {
  it('trusts no certificate and gives neither client certificate nor password', () => {
    const app = new EventEmitter();
    denyForeignTrust(app);
    const answers: unknown[][] = [];
    const answer = (...args: unknown[]): number => answers.push(args);
    let prevented = 0;
    const event = { preventDefault: () => (prevented += 1) };

    app.emit('certificate-error', event, {}, 'https://x/', 'ERR', {}, answer);
    app.emit('select-client-certificate', event, {}, 'https://x/', [], answer);
    app.emit('login', event, {}, {}, {}, answer);

    expect(answers).toEqual([[false], [], []]);
    expect(prevented).toBe(3);
  });
});
