import type { EnrolmentCodeView, EnrolmentRequest, EnrolmentResponse } from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import { deviceIdFor, type DeviceRecord, type EnrolmentCodeRecord } from '#core/fleet/index.ts';
import type { IssuedCertificate } from '#core/fleet/ports.ts';
import { stationActor, type FleetDeps } from './deps.ts';
import type { DeviceRegister } from './device-register.ts';
import { contentKeyProof } from './content-key-proof.ts';
import { createEnrolmentCodes, type CodeRequest } from './enrolment-codes.ts';

/** One-time codes and what they buy: a device with a certificate of the site CA. */
export interface Enrolment {
  createCode(input: CodeRequest, person: Person): EnrolmentCodeView;
  enrol(request: EnrolmentRequest): Promise<EnrolmentResponse>;
}

export function createEnrolment(deps: FleetDeps, register: DeviceRegister): Enrolment {
  const codes = createEnrolmentCodes(deps);
  return {
    createCode: codes.create,

    async enrol(request) {
      const { code } = codes.accept(request);
      const id = deviceIdFor(code.name, (taken) => register.find(taken) !== undefined);
      const proof = await contentKeyProof(deps, id, request.recipient);
      const certificate = await deps.ca.signDevice({ csrPem: request.csrPem, site: deps.site.id, device: id });
      // Signing took a moment: another request may have used the code or the id meanwhile.
      const accepted = codes.accept(request);
      if (register.find(id) !== undefined)
        throw new AppError('CONFLICT', 'another device was enrolled at the same moment; try again', { device: id });
      const now = deps.clock.now();
      const { recipient } = request;
      const record = {
        ...newDevice(id, accepted.code, { certificate, now }),
        ...(recipient === undefined ? {} : { recipient }),
      };
      register.save(
        record,
        {
          actor: stationActor(deps),
          type: 'device.enrolled',
          payload: {
            code: accepted.code.id,
            name: record.name,
            line: record.line,
            hostname: request.hostname,
            agentVersion: request.agentVersion,
            fingerprint: certificate.fingerprint,
          },
        },
        () => {
          codes.markUsed(accepted, { at: now, device: id });
        },
      );
      return { ...enrolmentResponse(deps, record, certificate), ...proof };
    },
  };
}

function newDevice(
  id: string,
  code: EnrolmentCodeRecord,
  { certificate, now }: { certificate: IssuedCertificate; now: number },
): DeviceRecord {
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
