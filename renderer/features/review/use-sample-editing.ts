import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Box, Label, SampleView } from '#contracts/review.ts';
import { useStation } from '#renderer/query/station-context.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import type { BoxShape } from '#renderer/ui/annotate/BoxAnnotator.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { clampBox, EMPTY_LABEL, middleBox, nextBoxId, withBox, withoutBox } from './label-edits.ts';
import { useLabelSaver } from './use-label-saver.ts';

interface Moves {
  readonly onDone: () => void;
  readonly onOpen: (sampleId: string) => void;
}

const NUDGE_PX = 4;

/** Everything a person can do to one sample; each change is shown at once and saved at once. */
export function useSampleEditing(first: SampleView, { onDone, onOpen }: Moves) {
  const { t } = useTranslation();
  const station = useStation();
  const queries = useQueryClient();
  const show = useToasts((state) => state.show);
  const known = useStationQuery(['review', 'one', first.id], (asked) => asked.review.get.query({ sampleId: first.id }));
  const sample = known.data ?? first;
  const [label, setLabel] = useState<Label>(sample.label ?? EMPTY_LABEL);
  const [selectedId, select] = useState<string | null>(null);
  const [isDrawing, setDrawing] = useState(false);
  const [classIndex, setClassIndex] = useState(0);
  const [failure, setFailure] = useState<Error | null>(null);
  const saver = useLabelSaver(first, () => {
    show('warn', t('review.conflict'));
    void known.refetch().then(({ data }) => {
      if (data !== undefined) take(data);
    });
  });
  const picture = { width: sample.width ?? 1, height: sample.height ?? 1 };
  const className = sample.classes[classIndex] ?? sample.classes[0] ?? '';

  const edit = (next: Label): void => {
    setLabel(next);
    saver.save(next);
  };
  const take = (next: SampleView): void => {
    saver.adopt(next);
    setLabel(next.label ?? EMPTY_LABEL);
    select(null);
    queries.setQueryData(['review', 'one', next.id], next);
  };
  const put = (box: Box): void => edit(withBox(label, clampBox(box, picture)));
  const create = (shape: BoxShape): void => {
    put({ ...shape, className });
    setDrawing(false);
    select(shape.id);
  };
  const selected = label.boxes.find((box) => box.id === selectedId);

  const decide = async (state: 'accepted' | 'rejected'): Promise<void> => {
    try {
      const revision = await saver.settled();
      take(await station.review.decide.mutate({ sampleId: first.id, state, revision }));
      await queries.invalidateQueries({ queryKey: ['review', 'queue'] });
      onDone();
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const undo = async (): Promise<void> => {
    try {
      await saver.settled();
      const restored = await station.review.undo.mutate();
      queries.setQueryData(['review', 'one', restored.id], restored);
      if (restored.id === first.id) take(restored);
      else onOpen(restored.id);
      await queries.invalidateQueries({ queryKey: ['review', 'queue'] });
      show('info', t('review.undone'));
    } catch (error) {
      setFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };

  return {
    sample,
    label,
    selected,
    selectedId,
    isDrawing,
    classIndex,
    failure,
    saveState: saver.state,
    select,
    setDrawing,
    create,
    /** The annotator moved or resized a box. */
    reshape: (shape: BoxShape): void => {
      const box = label.boxes.find((one) => one.id === shape.id);
      if (box !== undefined) put({ ...box, ...shape });
    },
    placeInMiddle: (): void => {
      const box = middleBox(crypto.randomUUID(), className, picture);
      create(box);
    },
    nudge: (dx: number, dy: number, dWidth: number, dHeight: number): void => {
      if (selected !== undefined) put({ ...selected, x: selected.x + dx * NUDGE_PX, y: selected.y + dy * NUDGE_PX, width: selected.width + dWidth * NUDGE_PX, height: selected.height + dHeight * NUDGE_PX });
    },
    remove: (): void => {
      if (selectedId === null) return;
      edit(withoutBox(label, selectedId));
      select(null);
    },
    cycle: (): void => select(nextBoxId(label, selectedId)),
    /** A class for the selected box and the next ones; for a row of figures it is the answer itself. */
    chooseClass: (index: number): void => {
      const name = sample.classes[index];
      if (name === undefined) return;
      setClassIndex(index);
      if (sample.kind === 'features') edit({ ...label, imageClass: name });
      else if (selected !== undefined) put({ ...selected, className: name });
    },
    chooseWhole: (name: string | null): void => edit({ ...label, imageClass: name }),
    accept: (): void => void decide('accepted'),
    reject: (): void => void decide('rejected'),
    undo: (): void => void undo(),
  };
}

export type SampleEditing = ReturnType<typeof useSampleEditing>;
