import type { ImportView } from '#contracts/media.ts';
import type { Person } from '#contracts/site.ts';
import type { DowngradeException } from '#contracts/trust.ts';
import { AppError } from '#core/base/index.ts';
import type { ImportRecord, VerifiedFacts } from '#core/imports/index.ts';
import type { ImportDeps } from './import-ports.ts';
import { personActor, type ImportRecords } from './import-records.ts';
import { toImportView } from './import-view.ts';
import { removeBlobs } from './remove-blobs.ts';
import type { ImportService } from './service.ts';

/** What a person decides about an import that was verified, or gives up. */
export function createImportDecisions(
  deps: ImportDeps,
  records: ImportRecords,
): Pick<ImportService, 'accept' | 'reject'> {
  /** The decision, its audit entry and the bundle's place in the register are one transaction: all of it is durable, or none. */
  async function accept(input: { importId: string; reason: string }, person: Person): Promise<ImportView> {
    const decide = (): ImportRecord => acceptNow(input, person);
    const { state } = records.require(input.importId);
    const facts = records.facts.get(input.importId);
    // What cannot be decided is refused by the decision itself, and must raise no floor before.
    if (state !== 'awaiting-decision' || facts === undefined) return toImportView(decide());
    assertDecidable(facts);
    const { summary, signedTimes = [] } = facts;
    return toImportView(await deps.acceptUnderFloors({ ...summary, signedTimes }, decide));
  }

  function acceptNow(input: { importId: string; reason: string }, person: Person): ImportRecord {
    return records.happen(
      input.importId,
      { type: 'import.accepted', by: person.name, reason: input.reason },
      personActor(person),
      (accepted) => {
        const facts = records.facts.get(input.importId);
        if (facts === undefined)
          throw new AppError('IMPORT_NOT_DECIDABLE', 'the facts of this import are not known any more', {
            importId: input.importId,
          });
        assertDecidable(facts);
        useDowngrade(facts.summary, input.importId, person);
        deps.bundles.add({
          ...facts,
          summary: { ...facts.summary, acceptedAt: accepted.updatedAt, acceptedBy: person.name },
        });
        records.facts.delete(input.importId);
      },
    );
  }

  function assertDecidable({ summary, verdict }: VerifiedFacts): void {
    assertStillForward(summary);
    assertSamePolicy(verdict.policyVersion);
  }

  /** The verdict may be days old: a newer version that was accepted meanwhile has raised the floor. */
  function assertStillForward(summary: VerifiedFacts['summary']): void {
    const { model, channel, sequence } = summary;
    const floor = deps.bundles.sequenceFloor(model, channel);
    if (floor === null || sequence >= floor || approvalFor(summary) !== null) return;
    throw new AppError(
      'SEQUENCE_TOO_OLD',
      `sequence ${String(floor)} of ${model} was accepted after this verdict, and this is ${String(sequence)}`,
      { model, floor, sequence },
    );
  }

  function approvalFor(summary: VerifiedFacts['summary']): DowngradeException | null {
    return deps.downgrades?.approvedDowngrade(summary) ?? null;
  }

  /** Going back is recorded with who approved it. */
  function useDowngrade(summary: VerifiedFacts['summary'], importId: string, by: Person): void {
    const approval = approvalFor(summary);
    if (approval !== null) deps.downgrades?.useDowngrade(approval, { by, for: `import ${importId}` });
  }

  /** A person may have changed the rules since; what they say now was not asked. */
  function assertSamePolicy(judgedUnder: number): void {
    const inForce = deps.policyVersion();
    if (judgedUnder === inForce) return;
    throw new AppError(
      'CONFLICT',
      `this verdict is of policy version ${String(judgedUnder)}, version ${String(inForce)} is in force: reject this import and start it again`,
      { judgedUnder, inForce },
    );
  }

  async function reject(input: { importId: string; reason: string }, person: Person): Promise<ImportView> {
    const before = records.require(input.importId);
    const record = records.happen(
      input.importId,
      { type: 'import.rejected', by: person.name, reason: input.reason },
      personActor(person),
      () => {
        records.facts.delete(input.importId);
        if (before.jobId !== null && before.state === 'waiting-for-media') deps.jobs.cancel(before.jobId);
      },
    );
    await removeBlobs(deps, records, record);
    return toImportView(record);
  }

  return { accept, reject };
}
