/** What `gantry demo --json` prints: one figure or state for every step of the story. */
export interface DemoSummary {
  readonly source: 'shared-data' | 'generated';
  readonly import: {
    readonly verdict: string;
    readonly state: string;
    readonly version: string;
    readonly facts: number;
  };
  readonly firstRollout: { readonly state: string; readonly confirmed: number };
  readonly benchmark: {
    readonly device: string;
    readonly variants: readonly {
      readonly id: string;
      readonly status: string;
      readonly p50Ms: number | null;
      readonly throughputPerSecond: number | null;
      readonly peakRssBytes: number | null;
    }[];
  };
  readonly rollout: {
    readonly state: string;
    readonly version: string;
    readonly confirmed: number;
    readonly devices: number;
  };
  readonly badModel: {
    readonly state: string;
    readonly version: string;
    readonly canary: string;
    readonly evidence: string;
    readonly othersUntouched: boolean;
  };
  readonly review: { readonly labelled: number; readonly annotations: number };
  readonly telemetry: { readonly points: number };
  readonly audit: { readonly entries: number; readonly verified: boolean };
}

/** Steps of the story that did not hold, by name; empty means that the demonstration succeeded. */
export function unheldSteps(summary: DemoSummary): string[] {
  const held: Readonly<Record<string, boolean>> = {
    'import accepted': summary.import.verdict === 'accepted' && summary.import.state === 'accepted',
    'first version on every device': summary.firstRollout.confirmed === summary.rollout.devices,
    // A machine that other work disturbs says "unstable" with its figures; that is a measurement too, and an honest one.
    'variants measured':
      summary.benchmark.variants.length >= 1 &&
      summary.benchmark.variants.every(
        (variant) => (variant.status === 'measured' || variant.status === 'unstable') && variant.p50Ms !== null,
      ),
    'new version confirmed on every device':
      summary.rollout.state === 'finished' && summary.rollout.confirmed === summary.rollout.devices,
    'bad model came back from the canary': summary.badModel.canary === 'fell-back',
    'others untouched by the bad model': summary.badModel.othersUntouched,
    'sample labelled and exported': summary.review.labelled >= 1 && summary.review.annotations >= 1,
    'telemetry kept': summary.telemetry.points > 0,
    'audit verified': summary.audit.verified && summary.audit.entries > 0,
  };
  return Object.entries(held).flatMap(([step, holds]) => (holds ? [] : [step]));
}
