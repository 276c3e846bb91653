import type { Box, Label, SampleView } from '#contracts/review.ts';
import { clampBox, middleBox, nextBoxId, withBox, withoutBox } from './label-edits.ts';

interface BoxContext {
  readonly sample: Pick<SampleView, 'width' | 'height'>;
  readonly label: Label;
  readonly selected: Box | undefined;
  /** Class of the next box. */
  readonly className: string;
  readonly edit: (label: Label) => void;
  readonly select: (id: string | null) => void;
  readonly setDrawing: (isDrawing: boolean) => void;
}

type Shape = Omit<Box, 'className'>;

/** What can be done to the boxes of a sample. */
export interface BoxEdits {
  put(box: Box): void;
  create(shape: Shape): void;
  /** The annotator moved or resized a box. */
  reshape(shape: Shape): void;
  placeInMiddle(): void;
  nudge(dx: number, dy: number, dWidth: number, dHeight: number): void;
  remove(): void;
  cycle(): void;
}

/** Fine enough to meet an edge, coarse enough to get there. */
const NUDGE_PX = 4;

/** The edits for what is on screen now. */
export function boxEdits({ sample, label, selected, className, edit, select, setDrawing }: BoxContext): BoxEdits {
  const picture = { width: sample.width ?? 1, height: sample.height ?? 1 };
  const put = (box: Box): void => edit(withBox(label, clampBox(box, picture)));
  const create = (shape: Shape): void => {
    put({ ...shape, className });
    setDrawing(false);
    select(shape.id);
  };
  return {
    put,
    create,
    reshape(shape) {
      const box = label.boxes.find((one) => one.id === shape.id);
      if (box !== undefined) put({ ...box, ...shape });
    },
    placeInMiddle: () => create(middleBox(crypto.randomUUID(), className, picture)),
    nudge(dx, dy, dWidth, dHeight) {
      if (selected === undefined) return;
      const { x, y, width, height } = selected;
      put({
        ...selected,
        x: x + dx * NUDGE_PX,
        y: y + dy * NUDGE_PX,
        width: width + dWidth * NUDGE_PX,
        height: height + dHeight * NUDGE_PX,
      });
    },
    remove() {
      if (selected === undefined) return;
      edit(withoutBox(label, selected.id));
      select(null);
    },
    cycle: () => select(nextBoxId(label, selected?.id ?? null)),
  };
}
