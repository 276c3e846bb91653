import { QueryClient } from '@tanstack/react-query';
import { wireErrorOf } from '#renderer/rpc/index.ts';
import { errorWords } from './wire-error.ts';

/** One cache for all screens. The station tells what changed, so nothing is polled by default. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        // Only failures that pass by themselves are worth a second ask.
        retry: (count, error) => count < 2 && errorWords(wireErrorOf(error).code).retry === 'later',
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
