import type { AgentState } from '#core/slots/index.ts';
import type { Digest } from '#core/base/index.ts';
import type { SlotContext } from './slot-context.ts';

/** Removes blobs that neither slot needs. Does nothing while a slot is being filled: what it will need is not known yet. */
export async function collectGarbage({
  state,
  store,
  log,
  mayCollect,
}: Pick<SlotContext, 'state' | 'store' | 'log' | 'mayCollect'>): Promise<void> {
  const kept = neededBlobs(state.current);
  if (kept === null || !mayCollect()) return;
  let removed = 0;
  for await (const digest of store.list()) {
    if (kept.has(digest)) continue;
    await store.delete(digest);
    removed += 1;
  }
  if (removed > 0) log(`removed ${String(removed)} blobs that no slot needs`);
}

function neededBlobs({ slots }: AgentState): ReadonlySet<Digest> | null {
  const kept = new Set<Digest>();
  for (const slot of [slots.a, slots.b]) {
    if (slot.at === 'staging') return null;
    if (slot.at !== 'staged' && slot.at !== 'trial' && slot.at !== 'committed') continue;
    if (slot.installed === null) return null;
    for (const digest of slot.installed.blobs) kept.add(digest);
  }
  return kept;
}
