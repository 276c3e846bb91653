import { z } from 'zod';
import { Id, WireError } from './primitives.ts';
import type { FolderChoice } from './rpc.ts';

/** A handler that takes nothing; extra arguments are refused. */
export const NoArguments = z.tuple([]);

/** What a chosen folder became; see `FolderChoice`. */
export const FolderChoiceMessage: z.ZodType<FolderChoice> = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('opened'), volumeId: Id }),
  z.object({ outcome: z.literal('cancelled') }),
  z.object({ outcome: z.literal('failed'), error: z.object({ code: z.string(), message: z.string() }) }),
]);

/** The passphrase of a site and where it comes from; null where the site keeps its own. */
export const SiteSecret = z.object({
  origin: z.enum(['keychain', 'file', 'site']),
  passphrase: z.string().max(16_384).nullable(),
});
export type SiteSecret = z.infer<typeof SiteSecret>;

/** What the desktop main process tells the station host. A `client` comes with one message port. */
export const HostCommand = z.discriminatedUnion('kind', [
  /** The first message to every station process. */
  z.object({ kind: z.literal('open-site'), secret: SiteSecret }),
  z.object({ kind: z.literal('client'), sessionId: Id }),
  /** The path comes from the native dialog and stays between these two processes. */
  z.object({ kind: z.literal('open-folder'), requestId: Id, path: z.string().min(1).max(4096) }),
  z.object({ kind: z.literal('stop') }),
]);
export type HostCommand = z.infer<typeof HostCommand>;

/** What the station host tells the desktop main process. */
export const HostNotice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('start-failed'), error: WireError }),
  z.object({ kind: z.literal('folder'), requestId: Id, choice: FolderChoiceMessage }),
]);
export type HostNotice = z.infer<typeof HostNotice>;

/** `window.json`: where the window was. */
export const WindowState = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(320).max(16_384),
  height: z.number().int().min(240).max(16_384),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof WindowState>;
