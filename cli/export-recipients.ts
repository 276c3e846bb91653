import { checkRecipient } from '#native/age/index.ts';

/** What `--recipient` does on every export. */
export const EXPORT_RECIPIENT_HELP =
  'who can read it (age1…), besides those that the site names; the files end in .age, and files of an earlier export there keep their readers';

/** The recipients that a person named, checked before anything is written. */
export function exportRecipients(named: readonly string[] = []): Promise<string[]> {
  return Promise.all(named.map(checkRecipient));
}
