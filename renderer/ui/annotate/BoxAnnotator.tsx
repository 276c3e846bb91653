import {
  createImageAnnotator,
  ShapeType,
  type AnnotoriousImageAnnotator,
  type ImageAnnotation,
} from '@annotorious/react';
import '@annotorious/react/annotorious-react.css';
import { useEffect, useRef } from 'react';
import { boxStyle } from './box-style.ts';
import './annotate.css';

/** A box in image pixels with the number of its class. */
export interface AnnotatedBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly classIndex: number;
}

export type BoxShape = Omit<AnnotatedBox, 'classIndex'>;

interface BoxAnnotatorProps {
  readonly src: string;
  readonly label: string;
  readonly boxes: readonly AnnotatedBox[];
  readonly selectedId: string | null;
  readonly isDrawing: boolean;
  readonly onCreate: (box: BoxShape) => void;
  readonly onChange: (box: BoxShape) => void;
  readonly onSelect: (id: string | null) => void;
}

type Annotator = AnnotoriousImageAnnotator;

function toAnnotation(box: BoxShape): ImageAnnotation {
  const { id, x, y, width: w, height: h } = box;
  const bounds = { minX: x, minY: y, maxX: x + w, maxY: y + h };
  return {
    id,
    bodies: [],
    target: {
      annotation: id,
      selector: {
        type: ShapeType.RECTANGLE,
        geometry: { x, y, w, h, bounds } as ImageAnnotation['target']['selector']['geometry'],
      },
    },
  };
}

/** The upright box around whatever was drawn, in tenths of a pixel. */
function toShape(annotation: ImageAnnotation): BoxShape {
  const { minX, minY, maxX, maxY } = annotation.target.selector.geometry.bounds;
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return { id: annotation.id, x: tenth(minX), y: tenth(minY), width: tenth(maxX - minX), height: tenth(maxY - minY) };
}

const sameShape = (a: BoxShape, b: BoxShape): boolean =>
  a.id === b.id && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/**
 * Boxes on a picture, drawn with mouse, pen or finger.
 * INVARIANTS: `boxes` is the truth; what the annotator shows is brought in line with it, and a change that came from
 * the annotator itself is not written back into it (that would end the drag).
 */
export function BoxAnnotator({
  src,
  label,
  boxes,
  selectedId,
  isDrawing,
  onCreate,
  onChange,
  onSelect,
}: BoxAnnotatorProps) {
  const image = useRef<HTMLImageElement>(null);
  const annotator = useRef<Annotator | null>(null);
  const latest = useRef({ boxes, onCreate, onChange, onSelect });
  useEffect(() => {
    latest.current = { boxes, onCreate, onChange, onSelect };
  });
  useEffect(() => {
    const element = image.current;
    if (element === null) return undefined;
    const made: Annotator = createImageAnnotator(element, {
      drawingEnabled: false,
      autoSave: true,
      drawingMode: 'drag',
      style: (annotation) => boxStyle(latest.current.boxes.find((box) => box.id === annotation.id)?.classIndex ?? 0),
    });
    made.on('createAnnotation', (annotation) => latest.current.onCreate(toShape(annotation)));
    made.on('updateAnnotation', (annotation) => latest.current.onChange(toShape(annotation)));
    made.on('selectionChanged', (selected) => latest.current.onSelect(selected[0]?.id ?? null));
    made.setAnnotations(latest.current.boxes.map(toAnnotation), true);
    annotator.current = made;
    return () => {
      annotator.current = null;
      made.destroy();
    };
  }, [src]);
  useEffect(() => {
    const made = annotator.current;
    if (made === null) return;
    const annotations = made.getAnnotations();
    const shown = annotations.map(toShape);
    // Boxes are upright here and in every export: a turned one is drawn again as the box around it.
    const isUpright = annotations.every(
      (one) => !('rot' in one.target.selector.geometry) || !one.target.selector.geometry.rot,
    );
    const isSame =
      isUpright && shown.length === boxes.length && boxes.every((box) => shown.some((one) => sameShape(one, box)));
    if (!isSame) made.setAnnotations(boxes.map(toAnnotation), true);
    // Classes change colours without changing shapes.
    made.setStyle((annotation) => boxStyle(boxes.find((box) => box.id === annotation.id)?.classIndex ?? 0));
  }, [boxes, src]);
  useEffect(() => {
    const made = annotator.current;
    if (made === null) return;
    const current = made.getSelected()[0]?.id ?? null;
    if (current === selectedId) return;
    if (selectedId === null) made.cancelSelected();
    else made.setSelected(selectedId, true);
  }, [selectedId, boxes, src]);
  useEffect(() => {
    annotator.current?.setDrawingEnabled(isDrawing);
  }, [isDrawing, src]);
  return (
    <div className="annotate" data-drawing={isDrawing}>
      <img
        ref={image}
        src={src}
        alt={label}
        className="annotate__image"
        draggable={false}
        onLoad={({ currentTarget }) => {
          // Magnified pixels stay pixels: a smoothed defect has no edge to put a box on.
          currentTarget.dataset['magnified'] = String(currentTarget.naturalWidth * 2 <= currentTarget.clientWidth);
        }}
      />
    </div>
  );
}
