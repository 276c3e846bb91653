import type { VolumeSource } from '#core/media/ports.ts';
import { darwinRemovableVolumes } from './darwin-volumes.ts';
import { linuxRemovableVolumes } from './linux-volumes.ts';
import { windowsRemovableVolumes } from './windows-volumes.ts';

/** The one place that chooses by operating system; others see folders only. */
export function removableVolumes(platform: NodeJS.Platform): VolumeSource[] {
  switch (platform) {
    case 'linux':
      return [linuxRemovableVolumes()];
    case 'darwin':
      return [darwinRemovableVolumes()];
    case 'win32':
      return [windowsRemovableVolumes()];
    default:
      return [];
  }
}
