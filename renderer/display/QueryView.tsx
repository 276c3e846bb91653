import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { wireErrorOf } from '#renderer/rpc/index.ts';
import { Loading } from '#renderer/ui/Loading.tsx';
import { ErrorPanel } from './ErrorPanel.tsx';

interface QueryViewProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** Loading, failed or there. Old data stays on screen under a failure: it is still the last thing known. */
export function QueryView<T>({ query, children }: QueryViewProps<T>) {
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    return query.isError ? <ErrorPanel error={wireErrorOf(query.error)} onRetry={retry} /> : <Loading />;
  }
  return (
    <>
      {query.isError && <ErrorPanel error={wireErrorOf(query.error)} onRetry={retry} />}
      {children(query.data)}
    </>
  );
}

/** The failure of an action, where it happened. */
export function ActionError({ error }: { readonly error: unknown }) {
  return error === null ? null : <ErrorPanel error={wireErrorOf(error)} />;
}
