export { createHttpShell, type HttpShell, type HttpShellOptions } from './http-shell.ts';
export type { SocketAcceptor } from './socket-upgrade.ts';
export type { TlsIdentity } from './listen-plan.ts';
