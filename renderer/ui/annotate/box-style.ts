import type { DrawingStyle } from '@annotorious/react';

/** Bright on the grey of a picture, told apart in greyscale by their lightness; the class name stands in the list. */
const COLOURS = [
  '#ffd43b',
  '#4dabf7',
  '#ff8787',
  '#69db7c',
  '#da77f2',
  '#ffa94d',
  '#66d9e8',
  '#f783ac',
  '#c0eb75',
] as const;

/** Colour of the class with this number. */
export function classColour(index: number): (typeof COLOURS)[number] {
  return COLOURS[((index % COLOURS.length) + COLOURS.length) % COLOURS.length] ?? COLOURS[0];
}

/** A box of that class. */
export function boxStyle(classIndex: number): DrawingStyle {
  const colour = classColour(classIndex);
  return { fill: colour, fillOpacity: 0.16, stroke: colour, strokeOpacity: 1, strokeWidth: 2 };
}
