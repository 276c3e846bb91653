/** What the program asks a hash thread. `id` names a followed file or a request. */
export type ToHashThread =
  | { readonly type: 'bytes'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'follow'; readonly id: number; readonly path: string }
  | { readonly type: 'extend'; readonly id: number; readonly end: number }
  | { readonly type: 'finish'; readonly id: number }
  | { readonly type: 'close'; readonly id: number };

/** One answer to each `bytes` and each `finish`. */
export type FromHashThread =
  | { readonly id: number; readonly hex: string }
  | { readonly id: number; readonly failure: string; readonly code: string | null };
