import type { Clock } from '#core/base/index.ts';
import type { EventLog } from '#core/storage/ports.ts';
import { stationActor, type FleetDeps } from './deps.ts';

/** One record an hour for the same refusal: a machine that tries every second must not fill the audit log. */
const REPEAT_MS = 3_600_000;
const REMEMBERED = 1024;

export interface Refusals {
  record(refusal: {
    device: string | null;
    type: 'device.connection-refused' | 'device.document-refused';
    why: string;
    via: string;
  }): void;
}

/** Records who was turned away and why. */
export function createRefusals(
  deps: Pick<FleetDeps, 'site'> & { readonly clock: Clock; readonly events: EventLog },
): Refusals {
  const recorded = new Map<string, number>();
  return {
    record({ device, type, why, via }) {
      const key = [type, device ?? '', why, via].join(' ');
      const last = recorded.get(key);
      const now = deps.clock.monotonicMs();
      if (last !== undefined && now - last < REPEAT_MS) return;
      recorded.delete(key);
      recorded.set(key, now);
      const [oldest] = recorded.keys();
      if (recorded.size > REMEMBERED && oldest !== undefined) recorded.delete(oldest);
      deps.events.append({
        actor: stationActor(deps),
        stream: 'device',
        type,
        subject: device ?? 'unknown-device',
        payload: { why, via },
      });
    },
  };
}
