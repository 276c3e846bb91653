import type { Actor } from '#contracts/primitives.ts';
import { AppError } from '#core/base/index.ts';
import { DeviceRecord } from '#core/fleet/index.ts';
import type { NewEvent, StationStore } from '#core/storage/ports.ts';

/** What happened to a device; stream and subject follow from the record. */
export interface DeviceChange {
  readonly actor: Actor;
  readonly type: string;
  readonly ticket?: string;
  readonly payload: NewEvent['payload'];
}

/**
 * The devices of the site, in memory and in the database.
 * INVARIANTS: one station process owns a site; memory equals the database between two calls; a change and its event are one transaction.
 */
export interface DeviceRegister {
  find(id: string): DeviceRecord | undefined;
  /** A device that may still act; DEVICE_UNKNOWN for unknown and revoked ones. */
  require(id: string): DeviceRecord;
  /** Sorted by id, revoked ones included. */
  all(): DeviceRecord[];
  /** Writes the record with its event, or without one for what is not worth an audit entry; `also` runs in the same transaction. */
  save(record: DeviceRecord, change: DeviceChange | null, also?: () => void): void;
}

export function openDeviceRegister(store: StationStore): DeviceRegister {
  const documents = store.documents('fleet.devices', DeviceRecord);
  const records = new Map(documents.list().map((record) => [record.id, record]));
  return {
    find: (id) => records.get(id),
    require(id) {
      const record = records.get(id);
      if (record === undefined || record.revoked !== null)
        throw new AppError('DEVICE_UNKNOWN', `no device ${id} at this site`, { device: id });
      return record;
    },
    all: () => [...records.values()].sort((one, other) => (one.id < other.id ? -1 : 1)),
    save(record, change, also) {
      const before = records.get(record.id);
      // Set first: listeners of the event log run as the transaction commits, and must see the device as it is now.
      records.set(record.id, record);
      try {
        store.transaction(() => {
          also?.();
          documents.put(record.id, record);
          if (change !== null) store.events.append({ ...change, stream: 'device', subject: record.id });
        });
      } catch (error) {
        if (before === undefined) records.delete(record.id);
        else records.set(record.id, before);
        throw error;
      }
    },
  };
}
