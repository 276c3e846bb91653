import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { JobView } from '#contracts/jobs.ts';
import type { VolumeView } from '#contracts/media.ts';
import { rootsOfChange, type QueryRoot } from './invalidation.ts';
import { withJob } from './job-list.ts';
import { useStation } from './station-context.tsx';

/** A busy site sends dozens of changes a second; the screens follow three times a second. */
const COALESCE_MS = 300;

/** Follows the site, its jobs and its media for as long as the application is open. */
export function useLiveFeeds(): void {
  useSiteChanges();
  useJobFeed();
  useVolumeFeed();
}

function useSiteChanges(): void {
  const station = useStation();
  const queries = useQueryClient();
  const touched = useRef(new Set<QueryRoot>());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = (): void => {
      timer = undefined;
      for (const root of touched.current) void queries.invalidateQueries({ queryKey: [root] });
      touched.current.clear();
    };
    const feed = station.site.changes.subscribe(
      {},
      {
        onData: (change) => {
          for (const root of rootsOfChange(change.data.stream)) touched.current.add(root);
          timer ??= setTimeout(flush, COALESCE_MS);
        },
      },
    );
    return () => {
      clearTimeout(timer);
      feed.unsubscribe();
    };
  }, [station, queries]);
}

function useJobFeed(): void {
  const station = useStation();
  const queries = useQueryClient();
  useEffect(() => {
    const feed = station.jobs.watch.subscribe(
      {},
      { onData: (change) => void queries.setQueryData<JobView[]>(['jobs'], (jobs = []) => withJob(jobs, change.data)) },
    );
    return () => feed.unsubscribe();
  }, [station, queries]);
}

function useVolumeFeed(): void {
  const station = useStation();
  const queries = useQueryClient();
  useEffect(() => {
    const feed = station.media.watch.subscribe(undefined, {
      onData: (volumes) => void queries.setQueryData<VolumeView[]>(['media', 'volumes'], volumes),
    });
    return () => feed.unsubscribe();
  }, [station, queries]);
}
