import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleView } from '#contracts/review.ts';
import { useStation } from '#renderer/query/station-context.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

/** Where the screen goes after a decision. */
export interface Moves {
  readonly onDone: () => void;
  readonly onOpen: (sampleId: string) => void;
}

interface DecisionContext extends Moves {
  /** Waits for edits that are on their way; gives the revision that the station has then. */
  readonly settled: () => Promise<number>;
  /** Shows what the station now knows about the sample. */
  readonly take: (sample: SampleView) => void;
}

/** Accept, reject and undo. */
export interface SampleDecisions {
  readonly failure: unknown;
  accept(): void;
  reject(): void;
  undo(): void;
}

/** Decisions leave after the edits before them: an accepted label is the one that was on screen. */
export function useSampleDecisions(
  sampleId: string,
  { onDone, onOpen, settled, take }: DecisionContext,
): SampleDecisions {
  const { t } = useTranslation();
  const station = useStation();
  const queries = useQueryClient();
  const show = useToasts((state) => state.show);
  const [failure, setFailure] = useState<unknown>(null);
  const run = (work: () => Promise<void>): void => {
    setFailure(null);
    void work()
      .then(() => queries.invalidateQueries({ queryKey: ['review', 'queue'] }))
      .catch(setFailure);
  };
  const decide = (state: 'accepted' | 'rejected'): void =>
    run(async () => {
      const revision = await settled();
      take(await station.review.decide.mutate({ sampleId, state, revision }));
      onDone();
    });
  return {
    failure,
    accept: () => decide('accepted'),
    reject: () => decide('rejected'),
    undo: () =>
      run(async () => {
        await settled();
        const restored = await station.review.undo.mutate();
        queries.setQueryData(['review', 'one', restored.id], restored);
        if (restored.id === sampleId) take(restored);
        else onOpen(restored.id);
        show('info', t('review.undone'));
      }),
  };
}
