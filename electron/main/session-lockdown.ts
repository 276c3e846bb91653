/** The part of Electron's Session that grants things to pages. */
export interface LockableSession {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, callback: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  on(
    event: 'will-download',
    listener: (event: { preventDefault(): void }, item?: { getURL(): string }) => void,
  ): unknown;
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { readonly url: string }, callback: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
}

/** What a page may load: itself, and what it made itself. */
const OWN_PROTOCOLS: readonly string[] = ['app:', 'blob:', 'data:'];
const OWN_BLOBS = 'blob:app://';
const DEVTOOLS_PROTOCOLS: readonly string[] = ['devtools:', 'chrome-extension:'];

/** Denies every permission and device, every download but files that the page itself made, and every request that would leave the machine. */
export function lockSession(
  session: LockableSession,
  options: { readonly devTools: boolean; readonly onRefusal: (what: string, subject: string) => void },
): void {
  const protocols = options.devTools ? [...OWN_PROTOCOLS, ...DEVTOOLS_PROTOCOLS] : OWN_PROTOCOLS;
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    options.onRefusal('permission', permission);
    callback(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event, item) => {
    // A report that the page made of what the station said; Electron asks the person where to put it.
    if (item?.getURL().startsWith(OWN_BLOBS) === true) return;
    event.preventDefault();
    options.onRefusal('download', '');
  });
  session.webRequest.onBeforeRequest(({ url }, callback) => {
    const isOwn = protocols.includes(url.slice(0, url.indexOf(':') + 1));
    if (!isOwn) options.onRefusal('request', url);
    callback({ cancel: !isOwn });
  });
}

/** The part of Electron's App that asks about other machines. */
export interface TrustAskingApp {
  on(
    event: 'certificate-error',
    listener: (
      event: { preventDefault(): void },
      contents: unknown,
      url: string,
      error: string,
      certificate: unknown,
      callback: (isTrusted: boolean) => void,
    ) => void,
  ): unknown;
  on(
    event: 'select-client-certificate',
    listener: (
      event: { preventDefault(): void },
      contents: unknown,
      url: string,
      list: unknown,
      callback: () => void,
    ) => void,
  ): unknown;
  on(
    event: 'login',
    listener: (
      event: { preventDefault(): void },
      contents: unknown,
      details: unknown,
      authInfo: unknown,
      callback: () => void,
    ) => void,
  ): unknown;
}

/** The page talks to no other machine: there is no certificate to excuse and no password to give. */
export function denyForeignTrust(app: TrustAskingApp): void {
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, callback) => {
    event.preventDefault();
    callback(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => {
    event.preventDefault();
    callback();
  });
  app.on('login', (event, _contents, _details, _authInfo, callback) => {
    event.preventDefault();
    callback();
  });
}
