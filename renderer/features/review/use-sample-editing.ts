import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Box, Label, SampleView } from '#contracts/review.ts';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { boxEdits, type BoxEdits } from './box-edits.ts';
import { EMPTY_LABEL } from './label-edits.ts';
import { useLabelSaver, type SaveState } from './use-label-saver.ts';
import { useSampleDecisions, type Moves, type SampleDecisions } from './use-sample-decisions.ts';

/** One sample under the hands of a person. */
export interface SampleEditing extends BoxEdits, SampleDecisions {
  readonly sample: SampleView;
  readonly label: Label;
  readonly selected: Box | undefined;
  readonly selectedId: string | null;
  readonly isDrawing: boolean;
  readonly classIndex: number;
  readonly saveState: SaveState;
  select(id: string | null): void;
  setDrawing(isDrawing: boolean): void;
  /** A class for the selected box and the next ones; for a row of figures it is the answer itself. */
  chooseClass(index: number): void;
  chooseWhole(name: string | null): void;
}

/** Everything a person can do to one sample; each change is shown at once and saved at once. */
export function useSampleEditing(first: SampleView, moves: Moves): SampleEditing {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const show = useToasts((state) => state.show);
  const known = useStationQuery(['review', 'one', first.id], (station) =>
    station.review.get.query({ sampleId: first.id }),
  );
  const sample = known.data ?? first;
  const [label, setLabel] = useState<Label>(sample.label ?? EMPTY_LABEL);
  const [selectedId, select] = useState<string | null>(null);
  const [isDrawing, setDrawing] = useState(false);
  const [classIndex, setClassIndex] = useState(0);
  const saver = useLabelSaver(first, () => {
    show('warn', t('review.conflict'));
    void known.refetch().then(({ data }) => {
      if (data !== undefined) take(data);
    });
  });
  const take = (next: SampleView): void => {
    saver.adopt(next);
    setLabel(next.label ?? EMPTY_LABEL);
    select(null);
    queries.setQueryData(['review', 'one', next.id], next);
  };
  const edit = (next: Label): void => {
    setLabel(next);
    saver.save(next);
  };
  const selected = label.boxes.find((box) => box.id === selectedId);
  const className = sample.classes[classIndex] ?? sample.classes[0] ?? '';
  const boxes = boxEdits({ sample, label, selected, className, edit, select, setDrawing });
  const decisions = useSampleDecisions(first.id, { ...moves, settled: saver.settled, take });

  return {
    sample,
    label,
    selected,
    selectedId,
    isDrawing,
    classIndex,
    saveState: saver.state,
    select,
    setDrawing,
    ...boxes,
    ...decisions,
    chooseClass(index) {
      const name = sample.classes[index];
      if (name === undefined) return;
      setClassIndex(index);
      if (sample.kind === 'features') edit({ ...label, imageClass: name });
      else if (selected !== undefined) boxes.put({ ...selected, className: name });
    },
    chooseWhole: (name) => edit({ ...label, imageClass: name }),
  };
}
