import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Label, SampleView } from '#contracts/review.ts';
import { wireErrorOf } from '#renderer/rpc/index.ts';
import { useStation } from '#renderer/query/station-context.tsx';

export type SaveState =
  | { readonly is: 'saved'; readonly at: number | null }
  | { readonly is: 'saving' }
  | { readonly is: 'failed'; readonly error: Error };

export interface LabelSaver {
  readonly state: SaveState;
  /** Sends an edit; a newer one replaces an older one that has not left yet. */
  save(label: Label): void;
  /** Resolves when nothing waits any more, with the revision that the station has now. */
  settled(): Promise<number>;
  /** The station changed the sample by itself (undo, decision). */
  adopt(sample: SampleView): void;
}

/**
 * Saves each edit at once; there is no Save button.
 * INVARIANTS: at most one request at a time; the last edit always leaves; a conflict takes the station's newer state.
 */
export function useLabelSaver(sample: SampleView, onConflict: () => void): LabelSaver {
  const station = useStation();
  const queries = useQueryClient();
  const [state, setState] = useState<SaveState>({ is: 'saved', at: sample.labelledAt });
  const revision = useRef(sample.revision);
  const waiting = useRef<Label | null>(null);
  const running = useRef<Promise<void>>(Promise.resolve());
  const isRunning = useRef(false);
  const conflict = useRef(onConflict);
  useEffect(() => {
    conflict.current = onConflict;
  });

  const drain = useCallback(async (): Promise<void> => {
    while (waiting.current !== null) {
      const label = waiting.current;
      waiting.current = null;
      try {
        const saved = await station.review.label.mutate({ sampleId: sample.id, label, revision: revision.current });
        revision.current = saved.revision;
        queries.setQueryData(['review', 'one', sample.id], saved);
        setState({ is: 'saved', at: saved.labelledAt });
      } catch (error) {
        setState({ is: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
        waiting.current = null;
        if (wireErrorOf(error).code === 'CONFLICT') conflict.current();
      }
    }
  }, [station, queries, sample.id]);

  const save = useCallback(
    (label: Label): void => {
      waiting.current = label;
      setState({ is: 'saving' });
      if (isRunning.current) return;
      isRunning.current = true;
      running.current = drain().finally(() => {
        isRunning.current = false;
      });
    },
    [drain],
  );
  const settled = useCallback(async (): Promise<number> => {
    await running.current;
    return revision.current;
  }, []);
  const adopt = useCallback((next: SampleView): void => {
    revision.current = next.revision;
    setState({ is: 'saved', at: next.labelledAt });
  }, []);
  return { state, save, settled, adopt };
}
