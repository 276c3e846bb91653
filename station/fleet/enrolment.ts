import type { EnrolmentCodeView, EnrolmentRequest, EnrolmentResponse } from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';
import { AppError, type Digest } from '#core/base/index.ts';
import {
  CODE_SECRET_BYTES,
  decideCode,
  deviceIdFor,
  ENROLMENT_FAILURES,
  EnrolmentCodeRecord,
  enrolmentCodeText,
  isBlocked,
  readEnrolmentCode,
  recentFailures,
  type DeviceRecord,
} from '#core/fleet/index.ts';
import type { IssuedCertificate } from '#core/fleet/ports.ts';
import { stationActor, type FleetDeps } from './deps.ts';
import type { DeviceRegister } from './device-register.ts';
import type { FleetService } from './service.ts';

type CodeRequest = Parameters<FleetService['createCode']>[0];

/** One-time codes and what they buy: a device with a certificate of the site CA. */
export interface Enrolment {
  createCode(input: CodeRequest, person: Person): EnrolmentCodeView;
  enrol(request: EnrolmentRequest): Promise<EnrolmentResponse>;
}

export function createEnrolment(deps: FleetDeps, register: DeviceRegister): Enrolment {
  const codes = deps.store.documents('fleet.codes', EnrolmentCodeRecord);
  const hashOf = (secret: string): Digest => deps.hasher.sha256(new TextEncoder().encode(secret));
  let failures: number[] = [];

  const refuse = (why: string, codeId: string | null, request: EnrolmentRequest): AppError => {
    const now = deps.clock.now();
    failures = [...recentFailures(failures, ENROLMENT_FAILURES, now), now];
    // The one that closes the door is recorded as such; those behind it are not, so that a flood cannot fill the log.
    const type = isBlocked(failures, ENROLMENT_FAILURES, now) ? 'device.enrolment-blocked' : 'device.enrolment-refused';
    deps.store.events.append({ actor: stationActor(deps), stream: 'device', type, subject: codeId ?? 'unknown-code', payload: { why, hostname: request.hostname } });
    return new AppError('ENROLMENT_CODE_INVALID', 'the enrolment code is unknown, used or expired', {});
  };

  /** Throws for every code that may not enrol; a caller learns nothing about which of the reasons it was. */
  const acceptedCode = (request: EnrolmentRequest): { key: string; code: EnrolmentCodeRecord } => {
    const now = deps.clock.now();
    if (isBlocked(failures, ENROLMENT_FAILURES, now)) throw new AppError('ENROLMENT_CODE_INVALID', 'too many wrong codes; enrolment is closed for a minute', {});
    const presented = readEnrolmentCode(request.code);
    const key = hashOf(presented.secret);
    const code = codes.get(key);
    const decision = decideCode(code, { now, presentedFingerprint: presented.caFingerprint, caFingerprint: deps.ca.fingerprint });
    if (!decision.accept) throw refuse(decision.why, code?.id ?? null, request);
    return { key, code: decision.code };
  };

  return {
    createCode(input, person) {
      const now = deps.clock.now();
      const text = enrolmentCodeText(deps.ids.random(CODE_SECRET_BYTES), deps.ca.fingerprint);
      const { validMinutes, ...place } = input;
      const secretHash = hashOf(readEnrolmentCode(text).secret);
      const code: EnrolmentCodeRecord = { ...place, id: deps.ids.next(), secretHash, createdAt: now, expiresAt: now + validMinutes * 60_000, used: null };
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
      return { codeId: code.id, code: text, name: code.name, line: code.line, expiresAt: code.expiresAt, command, stationUrl };
    },

    async enrol(request) {
      const { code } = acceptedCode(request);
      const id = deviceIdFor(code.name, (taken) => register.find(taken) !== undefined);
      const certificate = await deps.ca.signDevice({ csrPem: request.csrPem, site: deps.site.id, device: id });
      // Signing took a moment: another request may have used the code or the id meanwhile.
      const { key, code: current } = acceptedCode(request);
      if (register.find(id) !== undefined) throw new AppError('CONFLICT', 'another device was enrolled at the same moment; try again', { device: id });
      const now = deps.clock.now();
      const record = newDevice(id, current, { certificate, now });
      register.save(
        record,
        {
          actor: stationActor(deps),
          type: 'device.enrolled',
          payload: { code: current.id, name: record.name, line: record.line, hostname: request.hostname, agentVersion: request.agentVersion, fingerprint: certificate.fingerprint },
        },
        () => {
          codes.put(key, { ...current, used: { at: now, device: id } });
        },
      );
      return enrolmentResponse(deps, record, certificate);
    },
  };
}

function newDevice(id: string, code: EnrolmentCodeRecord, { certificate, now }: { certificate: IssuedCertificate; now: number }): DeviceRecord {
  const { serial, fingerprint, notBefore, notAfter, publicKeyPem } = certificate;
  return {
    id,
    name: code.name,
    line: code.line,
    cell: code.cell,
    redundancyGroup: code.redundancyGroup,
    safety: code.safety,
    enrolledAt: now,
    certificate: { serial, fingerprint, notBefore, notAfter },
    publicKeyPem,
    revoked: null,
    lastSeenAt: null,
    clockOffsetMs: null,
    desired: null,
    reported: null,
    reportOrder: null,
    eventWindow: [],
  };
}

function enrolmentResponse(deps: FleetDeps, record: DeviceRecord, certificate: IssuedCertificate): EnrolmentResponse {
  const lineContract = deps.lineContract(record.line);
  return {
    v: 1,
    site: deps.site.id,
    siteName: deps.site.name,
    device: record.id,
    certificatePem: certificate.certificatePem,
    caPem: deps.ca.certificatePem,
    siteKeyPem: deps.siteKey.publicKeyPem,
    ...deps.endpoints(),
    trust: deps.trust(),
    policy: deps.policy(),
    lineContract: lineContract === null ? null : { inputs: lineContract.inputs },
  };
}
