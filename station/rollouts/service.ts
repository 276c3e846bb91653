import type { AbortPreview, RolloutPlan, RolloutRequest, RolloutView } from '#contracts/rollout.ts';
import type { Digest } from '#core/base/index.ts';
import type { Person } from '#contracts/site.ts';

export interface RolloutService {
  plan(request: RolloutRequest): Promise<{ plan: RolloutPlan; planDigest: Digest }>;
  start(request: RolloutRequest, person: Person): Promise<RolloutView>;
  pause(rolloutId: string, reason: string, person: Person): Promise<RolloutView>;
  resume(rolloutId: string, person: Person): Promise<RolloutView>;
  abortPreview(rolloutId: string, mode: 'abort' | 'rollback'): AbortPreview;
  /** Stops here: devices on the new version keep it, others never start. */
  abort(rolloutId: string, reason: string, person: Person): Promise<RolloutView>;
  /** Every device goes back to what it ran before. */
  rollback(rolloutId: string, reason: string, person: Person): Promise<RolloutView>;
  get(rolloutId: string): RolloutView;
  list(): RolloutView[];
}
