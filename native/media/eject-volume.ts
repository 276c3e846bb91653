import { readFile } from 'node:fs/promises';
import { AppError } from '#core/base/index.ts';
import type { Volume, VolumeEjector } from '#core/media/ports.ts';
import { parseMountinfo } from './linux-volumes.ts';
import { systemCode } from './media-failure.ts';
import { runSlowCommand, type RunCommand } from './run-command.ts';

/** The one place that chooses by operating system how a medium is ejected. */
export function volumeEjector(platform: NodeJS.Platform, run: RunCommand = runSlowCommand): VolumeEjector {
  return {
    eject: async (volume) => {
      assertMount(volume, platform);
      try {
        await ejectOn(platform, volume, run);
      } catch (error) {
        throw toEjectError(error, volume);
      }
    },
  };
}

function assertMount({ kind, mountPath, mountPoint }: Volume, platform: NodeJS.Platform): void {
  const isMount = kind === 'removable' || (mountPoint === mountPath && mountPath !== '/' && platform !== 'win32');
  if (!isMount) throw new AppError('MEDIA_NOT_REMOVABLE', 'it is a folder on another disk', {});
}

async function ejectOn(platform: NodeJS.Platform, { mountPath }: Volume, run: RunCommand): Promise<void> {
  switch (platform) {
    case 'linux':
      return ejectLinux(mountPath, run);
    case 'darwin':
      // Flushes and unmounts every volume of the disk.
      await run('diskutil', ['eject', mountPath]);
      return;
    case 'win32':
      await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', windowsScript(mountPath)]);
      return;
    default:
      throw new AppError('MEDIA_EJECT_REFUSED', `ejecting is not known on ${platform}`, { platform });
  }
}

/** udisks knows what a desktop user may do and powers the stick down; without it, umount with the rights of this process. */
async function ejectLinux(mountPath: string, run: RunCommand): Promise<void> {
  await run('sync', ['--file-system', mountPath]);
  const mount = parseMountinfo(await readFile('/proc/self/mountinfo', 'utf8')).findLast(
    (entry) => entry.mountPath === mountPath,
  );
  const device = mount?.source;
  if (device?.startsWith('/dev/') === true) {
    try {
      await run('udisksctl', ['unmount', '--no-user-interaction', '--block-device', device]);
      // Where the stick cannot be powered down, unmounted is enough.
      await run('udisksctl', ['power-off', '--no-user-interaction', '--block-device', device]).catch(() => undefined);
      return;
    } catch (error) {
      if (!isToolAbsent(error)) throw error;
    }
  }
  await run('umount', [mountPath]);
}

/** The drive letter is the only part that varies, and it is a letter. */
function windowsScript(mountPath: string): string {
  const letter = /^([A-Za-z]):\\?$/.exec(mountPath)?.[1];
  if (letter === undefined) throw new AppError('MEDIA_NOT_REMOVABLE', 'it is no drive', {});
  return (
    `Write-VolumeCache -DriveLetter ${letter}; ` +
    `(New-Object -ComObject Shell.Application).Namespace(17).ParseName('${letter}:').InvokeVerb('Eject'); ` +
    `Start-Sleep -Seconds 2; if (Test-Path '${letter}:\\') { [Console]::Error.WriteLine('target is busy'); exit 1 }`
  );
}

function isToolAbsent(error: unknown): boolean {
  return error instanceof Error && systemCode(error.cause) === 'ENOENT';
}

function toEjectError(error: unknown, { id }: Volume): AppError {
  if (error instanceof AppError) return error;
  const said = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  if (/busy|in use|dissent/i.test(said))
    return new AppError('MEDIA_BUSY', 'another program has files of it open', { volumeId: id }, { cause: error });
  const isForbidden = /not authori[sz]ed|permission|superuser|not permitted|privilege/i.test(said);
  const sentence = isForbidden ? 'this account may not unmount it' : 'the command of the system failed';
  return new AppError('MEDIA_EJECT_REFUSED', sentence, { volumeId: id }, { cause: error });
}
