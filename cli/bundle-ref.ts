import type { BundleSummary } from '#contracts/verdict.ts';
import { AppError } from '#core/base/index.ts';
import type { BundleService } from '#station/bundles/service.ts';

/** The stored bundle that a person names: its digest, or `model:version`. */
export function requireBundle(bundles: Pick<BundleService, 'list'>, reference: string): BundleSummary {
  const stored = bundles.list();
  const fitting = stored.filter(
    ({ digest, model, version }) => digest === reference || `${model}:${version}` === reference,
  );
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  const known = stored.map(({ model, version }) => `${model}:${version}`).sort();
  if (fitting.length > 1) {
    const digests = fitting.map(({ digest }) => digest);
    throw new AppError(
      'USAGE_INVALID',
      `${reference} names several bundles; choose one by its digest: ${digests.join(', ')}`,
      { reference, digests },
    );
  }
  const hint = known.length === 0 ? 'it has accepted none yet' : `it has ${known.join(', ')}`;
  throw new AppError('NOT_FOUND', `the site has no accepted bundle ${reference}; ${hint}`, { reference, known });
}
