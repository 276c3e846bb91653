import { HostCommand, type SiteSecret } from '#contracts/desktop.ts';
import type { ParentChannel } from './serve-parent.ts';

/** Waits for the passphrase that the desktop process takes from the keychain. It comes first, and over no argument or variable. */
export function receiveSiteSecret(parent: Pick<ParentChannel, 'on'>): Promise<SiteSecret> {
  return new Promise((resolve) => {
    parent.on('message', ({ data }) => {
      const command = HostCommand.safeParse(data);
      if (command.success && command.data.kind === 'open-site') resolve(command.data.secret);
    });
  });
}
