import type { BundleSummary } from '#contracts/verdict.ts';
import type { DeviceView } from '#contracts/device.ts';
import type { Digest } from '#core/base/index.ts';

export type BundleVariant = BundleSummary['variants'][number];

/** Measured p99 of a variant on a device, newest result only. */
export type MeasuredP99 = (device: string, variant: Digest) => number | undefined;

/**
 * The variant that a device shall run: of those whose runtime the device reports, the one with the lowest measured p99 on
 * this very device; when nothing was measured, the first in bundle order. Undefined when none fits.
 */
export function chooseVariant(
  device: DeviceView,
  variants: readonly BundleVariant[],
  measured: MeasuredP99,
): BundleVariant | undefined {
  const runtimes = new Set(device.reported?.agent.runtimes.map((runtime) => runtime.runtime) ?? []);
  const fitting = variants.filter((variant) => runtimes.has(variant.runtime));
  const ranked = fitting.map((variant, order) => ({
    variant,
    order,
    p99: measured(device.id, variant.digest) ?? Number.POSITIVE_INFINITY,
  }));
  ranked.sort((a, b) => (a.p99 === b.p99 ? a.order - b.order : a.p99 - b.p99));
  return ranked[0]?.variant;
}
