import type { AuditRecord, AuditStatus } from '#contracts/audit.ts';
import type { Person } from '#contracts/site.ts';

export interface AuditService {
  list(query: { beforeSeq?: number; limit: number; stream?: string; subject?: string; type?: string }): AuditRecord[];
  /** Walks the whole chain. */
  verify(): AuditStatus;
  /** Records, checkpoint, key and verify instructions to a medium. */
  export(input: { volumeId: string }, person: Person): Promise<{ jobId: string }>;
}
