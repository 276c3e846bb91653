/** What the list of records is narrowed to; lives in the address so that every screen can link to it. */
export interface AuditFilter {
  readonly stream?: string;
  readonly subject?: string;
  readonly type?: string;
}

const KEYS = ['stream', 'subject', 'type'] as const;

/** Areas that the station writes records for. */
export const AUDIT_STREAMS = [
  'site',
  'trust',
  'media',
  'import',
  'bundle',
  'fleet',
  'device',
  'benchmark',
  'rollout',
  'review',
  'telemetry',
  'audit',
  'keys',
  'demo',
] as const;

/** Only non-empty filters, so that an empty field is no filter. */
export function filtersOf(params: URLSearchParams): AuditFilter {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = params.get(key)?.trim() ?? '';
      return value === '' ? [] : [[key, value]];
    }),
  );
}
