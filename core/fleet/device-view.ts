import type { DeviceView } from '#contracts/device.ts';
import type { Instant } from '#core/base/index.ts';
import type { DeviceRecord } from './device-record.ts';
import { deviceStatus } from './device-status.ts';

/** A device as screens and commands see it. */
export function deviceView(record: DeviceRecord, online: boolean, now: Instant): DeviceView {
  const status = deviceStatus(record, online, now);
  return {
    id: record.id,
    name: record.name,
    line: record.line,
    cell: record.cell,
    redundancyGroup: record.redundancyGroup,
    safety: record.safety,
    enrolledAt: record.enrolledAt,
    certificate: record.certificate,
    online,
    lastSeenAt: record.lastSeenAt,
    clockOffsetMs: record.clockOffsetMs,
    ne107: status.letter,
    ne107Reason: status.reason,
    desiredGeneration: record.desired?.document.generation ?? 0,
    reported: record.reported,
  };
}
