import type { EnrolmentCodeView, EnrolmentRequest } from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Digest, type Instant } from '#core/base/index.ts';
import {
  CODE_SECRET_BYTES,
  decideCode,
  ENROLMENT_FAILURES,
  EnrolmentCodeRecord,
  enrolmentCodeText,
  isBlocked,
  readEnrolmentCode,
  recentFailures,
} from '#core/fleet/index.ts';
import { stationActor, type FleetDeps } from './deps.ts';
import type { FleetService } from './service.ts';

/** What a person asks for when they make a code. */
export type CodeRequest = Parameters<FleetService['createCode']>[0];

/** A code that may enrol now, and where it is kept. */
export interface AcceptedCode {
  readonly key: Digest;
  readonly code: EnrolmentCodeRecord;
}

/** One-time enrolment codes. Only the hash of a secret is kept. */
export interface EnrolmentCodes {
  create(input: CodeRequest, person: Person): EnrolmentCodeView;
  /** Throws for every code that may not enrol; a caller learns nothing about which of the reasons it was. */
  accept(request: EnrolmentRequest): AcceptedCode;
  /** Precondition: inside the transaction that saves the device. */
  markUsed(accepted: AcceptedCode, by: { at: Instant; device: string }): void;
}

export function createEnrolmentCodes(deps: FleetDeps): EnrolmentCodes {
  const codes = deps.store.documents('fleet.codes', EnrolmentCodeRecord);
  const hashOf = (secret: string): Digest => deps.hasher.sha256(new TextEncoder().encode(secret));
  let failures: number[] = [];

  const refuse = (why: string, codeId: string | null, request: EnrolmentRequest): AppError => {
    const now = deps.clock.now();
    failures = [...recentFailures(failures, ENROLMENT_FAILURES, now), now];
    // The one that closes the door is recorded as such; those behind it are not, so that a flood cannot fill the log.
    const type = isBlocked(failures, ENROLMENT_FAILURES, now) ? 'device.enrolment-blocked' : 'device.enrolment-refused';
    deps.store.events.append({
      actor: stationActor(deps),
      stream: 'device',
      type,
      subject: codeId ?? 'unknown-code',
      payload: { why, hostname: request.hostname },
    });
    return new AppError('ENROLMENT_CODE_INVALID', 'the enrolment code is unknown, used or expired', {});
  };

  return {
    create(input, person) {
      const now = deps.clock.now();
      const text = enrolmentCodeText(deps.ids.random(CODE_SECRET_BYTES), deps.ca.fingerprint);
      const { validMinutes, ...place } = input;
      const secretHash = hashOf(readEnrolmentCode(text).secret);
      const code: EnrolmentCodeRecord = {
        ...place,
        id: deps.ids.next(),
        secretHash,
        createdAt: now,
        expiresAt: now + validMinutes * 60_000,
        used: null,
      };
      deps.store.transaction(() => {
        codes.put(secretHash, code);
        deps.store.events.append({
          actor: { kind: 'person', id: person.id, name: person.name },
          stream: 'device',
          type: 'device.code-created',
          subject: code.id,
          payload: { name: code.name, line: code.line, cell: code.cell, expiresAt: code.expiresAt },
        });
      });
      const stationUrl = deps.endpoints().deviceUrl;
      const command = `gantry agent enrol --station ${stationUrl} --code ${text} --dir gantry-agent`;
      return {
        codeId: code.id,
        code: text,
        name: code.name,
        line: code.line,
        expiresAt: code.expiresAt,
        command,
        stationUrl,
      };
    },

    accept(request) {
      const now = deps.clock.now();
      if (isBlocked(failures, ENROLMENT_FAILURES, now))
        throw new AppError('ENROLMENT_CODE_INVALID', 'too many wrong codes; enrolment is closed for a minute', {});
      const presented = readEnrolmentCode(request.code);
      const key = hashOf(presented.secret);
      const code = codes.get(key);
      const decision = decideCode(code, {
        now,
        presentedFingerprint: presented.caFingerprint,
        caFingerprint: deps.ca.fingerprint,
      });
      if (!decision.accept) throw refuse(decision.why, code?.id ?? null, request);
      return { key, code: decision.code };
    },

    markUsed({ key, code }, { at, device }) {
      codes.put(key, { ...code, used: { at, device } });
    },
  };
}
