import type { OutboxItem, OutboxKind, StickOutboxEntry } from '#contracts/outbox.ts';
import type { Person } from '#contracts/site.ts';

/** What leaves the plant: every export and the inventory receipt, written to one stick. */
export interface OutboxService {
  list(): Promise<OutboxItem[]>;
  /** What lies in the outbox of a connected medium. */
  onVolume(volumeId: string): Promise<StickOutboxEntry[]>;
  /** One durable job a kind; refused before the first byte when the medium cannot hold what is known. */
  write(input: { volumeId: string; kinds: readonly OutboxKind[] }, person: Person): Promise<{ jobIds: string[] }>;
}
