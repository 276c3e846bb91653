import type { Box, Label } from '#contracts/review.ts';

export const EMPTY_LABEL: Label = { imageClass: null, boxes: [], note: '' };

/** Smaller boxes are slips of the hand. */
const MIN_SIDE = 2;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Keeps a box inside its picture and at least two pixels wide and high. */
export function clampBox(box: Box, picture: Size): Box {
  const width = Math.min(Math.max(box.width, MIN_SIDE), picture.width);
  const height = Math.min(Math.max(box.height, MIN_SIDE), picture.height);
  return {
    ...box,
    width,
    height,
    x: Math.min(Math.max(0, box.x), picture.width - width),
    y: Math.min(Math.max(0, box.y), picture.height - height),
  };
}

/** Adds a box, or replaces the one with its id. */
export function withBox(label: Label, box: Box): Label {
  const isKnown = label.boxes.some((one) => one.id === box.id);
  return {
    ...label,
    boxes: isKnown ? label.boxes.map((one) => (one.id === box.id ? box : one)) : [...label.boxes, box],
  };
}

export function withoutBox(label: Label, id: string): Label {
  return { ...label, boxes: label.boxes.filter((box) => box.id !== id) };
}

/** A box in the middle, a fifth of the picture: where a keyboard-only person starts. */
export function middleBox(id: string, className: string, picture: Size): Box {
  const width = Math.round(picture.width / 5);
  const height = Math.round(picture.height / 5);
  return {
    id,
    className,
    x: Math.round((picture.width - width) / 2),
    y: Math.round((picture.height - height) / 2),
    width,
    height,
  };
}

/** The box after the selected one, around the end; the first when none is selected. */
export function nextBoxId(label: Label, selectedId: string | null): string | null {
  const at = label.boxes.findIndex((box) => box.id === selectedId);
  return label.boxes[(at + 1) % Math.max(1, label.boxes.length)]?.id ?? null;
}

/** The next sample that still wants work, from `at` on and around; the neighbour when all are done. */
export function nextOpenIndex(states: readonly string[], at: number): number {
  for (let step = 1; step <= states.length; step += 1) {
    const index = (at + step) % states.length;
    if (states[index] === 'waiting' || states[index] === 'in-work') return index;
  }
  return Math.min(at + 1, Math.max(0, states.length - 1));
}
