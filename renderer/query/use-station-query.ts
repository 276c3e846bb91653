import {
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { QueryRoot } from './invalidation.ts';
import { useStation, type Station } from './station-context.tsx';

interface StationQueryOptions {
  readonly enabled?: boolean;
  readonly refetchIntervalMs?: number;
  /** Keeps the old answer on screen while a new one loads, for charts and filters. */
  readonly keepPrevious?: boolean;
}

/** A question to the station. The key starts with its feature, so that site changes make it fresh. */
export function useStationQuery<T>(
  key: readonly [QueryRoot, ...unknown[]],
  ask: (station: Station, signal: AbortSignal) => Promise<T>,
  options: StationQueryOptions = {},
): UseQueryResult<T> {
  const station = useStation();
  return useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => ask(station, signal),
    enabled: options.enabled ?? true,
    ...(options.refetchIntervalMs === undefined ? {} : { refetchInterval: options.refetchIntervalMs }),
    ...(options.keepPrevious === true ? { placeholderData: (previous: T | undefined) => previous } : {}),
  } as Parameters<typeof useQuery<T>>[0]);
}

/** An action at the station; `touches` names the features whose answers it changes. */
export function useStationAction<I, T>(
  act: (station: Station, input: I) => Promise<T>,
  touches: readonly QueryRoot[],
): UseMutationResult<T, Error, I> {
  const station = useStation();
  const queries = useQueryClient();
  return useMutation<T, Error, I>({
    mutationFn: (input) => act(station, input),
    onSettled: () =>
      Promise.all([...touches, 'site', 'audit'].map((root) => queries.invalidateQueries({ queryKey: [root] }))),
  });
}
