import { z } from 'zod';
import type { Volume, VolumeSource } from '#core/media/ports.ts';
import { runCommand, type RunCommand } from './run-command.ts';
import { volumeId } from './volume-id.ts';

const WindowsVolume = z.object({
  DriveLetter: z.string().length(1).nullable(),
  FileSystemLabel: z.string().nullable(),
  FileSystem: z.string().nullable(),
  Size: z.number().nullable(),
  SizeRemaining: z.number().nullable(),
  UniqueId: z.string().nullable(),
});

const SCRIPT =
  "ConvertTo-Json -Compress @(Get-Volume | Where-Object { $_.DriveType -eq 'Removable' } | " +
  'Select-Object @{n="DriveLetter";e={if ($_.DriveLetter) {[string]$_.DriveLetter} else {$null}}},FileSystemLabel,FileSystem,Size,SizeRemaining,UniqueId)';

/** Removable volumes with a drive letter in the output of Get-Volume. */
export function parseGetVolume(json: string): Volume[] {
  const text = json.trim();
  return z
    .array(WindowsVolume)
    .parse(text === '' ? [] : JSON.parse(text))
    .flatMap((volume) => {
      if (volume.DriveLetter === null) return [];
      return [
        {
          id: volumeId([volume.UniqueId], volume.DriveLetter),
          kind: 'removable' as const,
          mountPath: `${volume.DriveLetter}:\\`,
          label: volume.FileSystemLabel ?? volume.DriveLetter,
          serial: volume.UniqueId,
          fileSystem: volume.FileSystem,
          totalBytes: volume.Size,
          freeBytes: volume.SizeRemaining,
          readOnly: false,
        },
      ];
    });
}

/** Removable drives of a Windows machine. Written from the documented output; it has not run on such a machine yet. */
export function windowsRemovableVolumes(run: RunCommand = runCommand): VolumeSource {
  return {
    list: async () =>
      parseGetVolume(await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', SCRIPT])),
  };
}
