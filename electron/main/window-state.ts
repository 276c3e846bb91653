import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { WindowState } from '#contracts/desktop.ts';

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest laptop in use. */
const FIRST_SIZE = { width: 1366, height: 768 };

/** Where to put the window: as it was, unless that display is gone, then centred on the one that is left. */
export function placeWindow(saved: WindowState | null, workAreas: readonly Area[]): WindowState {
  const [primary] = workAreas;
  const area = primary ?? { x: 0, y: 0, ...FIRST_SIZE };
  if (saved !== null && workAreas.some((candidate) => overlaps(saved, candidate))) return saved;
  const width = Math.min(saved?.width ?? FIRST_SIZE.width, area.width);
  const height = Math.min(saved?.height ?? FIRST_SIZE.height, area.height);
  return {
    x: area.x + Math.round((area.width - width) / 2),
    y: area.y + Math.round((area.height - height) / 2),
    width,
    height,
    isMaximized: saved?.isMaximized ?? false,
  };
}

/** Reads `window.json`; anything unusable counts as never saved. */
export function readWindowState(file: string): WindowState | null {
  try {
    const parsed = WindowState.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    // Absent at the first start; damaged is no reason to hold anyone up.
    return null;
  }
}

/** Comfort, not evidence: renamed into place so that it is never half there, but not synced. */
export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

/** Enough of the title bar is visible to drag the window. */
function overlaps(window: Area, area: Area): boolean {
  const visibleWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return visibleWidth >= 200 && window.y >= area.y && window.y < area.y + area.height - 40;
}
