import { DeviceEvent, DeviceResponse, PAYLOAD_TYPES, ReportedDocument } from '#contracts/device.ts';
import type { z } from 'zod';
import { assertNever, isAppError, type Json } from '#core/base/index.ts';
import type { DeviceMessage } from '#core/device/ports.ts';
import { acceptDelivery, decideReport, type DeviceRecord } from '#core/fleet/index.ts';
import { openDocument } from '#core/signing/index.ts';
import { deviceActor, type FleetDeps } from './deps.ts';
import type { DeviceRegister } from './device-register.ts';
import type { Questions } from './questions.ts';
import type { Refusals } from './refusals.ts';
import type { DeviceNews } from './service.ts';

export interface IntakeParts {
  readonly register: DeviceRegister;
  readonly questions: Questions;
  readonly refusals: Refusals;
  readonly online: Set<string>;
  /** Called after the news is durable. */
  readonly tell: (news: DeviceNews) => void;
}

/**
 * Takes what devices say. Untrusted: every message. What is not signed by the device's own key, names another device, repeats
 * or is stale is dropped; a failure to store throws, so that the broker does not acknowledge.
 */
export function createIntake(deps: FleetDeps, parts: IntakeParts): (message: DeviceMessage) => void {
  return (message) => {
    const record = parts.register.find(message.device);
    if (record === undefined || record.revoked !== null) return;
    if (message.leaf === 'online') {
      takeOnline(deps, parts, { record, isOnline: message.online });
      return;
    }
    try {
      takeDocument(deps, parts, { record, message });
    } catch (error) {
      if (!isAppError(error, 'DOCUMENT_SIGNATURE_INVALID') && !isAppError(error, 'INPUT_MALFORMED')) throw error;
      parts.refusals.record({ device: record.id, type: 'device.document-refused', why: error.code, via: message.leaf });
    }
  };
}

function takeDocument(
  deps: FleetDeps,
  parts: IntakeParts,
  { record, message }: { record: DeviceRecord; message: Exclude<DeviceMessage, { leaf: 'online' }> },
): void {
  const { envelope, leaf } = message;
  switch (leaf) {
    case 'reported': {
      const document = open(deps, record, { envelope, payloadType: PAYLOAD_TYPES.reported, schema: ReportedDocument });
      if (isOwn(deps, parts, record, document)) takeReported(deps, parts, { record, document });
      return;
    }
    case 'event': {
      const document = open(deps, record, { envelope, payloadType: PAYLOAD_TYPES.event, schema: DeviceEvent });
      if (isOwn(deps, parts, record, document)) takeEvent(deps, parts, { record, document, envelope });
      return;
    }
    case 'response': {
      const document = open(deps, record, { envelope, payloadType: PAYLOAD_TYPES.response, schema: DeviceResponse });
      if (document.device === record.id) parts.questions.answered(record.id, document);
      return;
    }
    default:
      assertNever(leaf, 'device message');
  }
}

function open<S extends z.ZodType>(
  deps: FleetDeps,
  record: DeviceRecord,
  { envelope, payloadType, schema }: { envelope: unknown; payloadType: string; schema: S },
): z.output<S> {
  return openDocument(envelope, { payloadType, schema, publicKeyPem: record.publicKeyPem, verifier: deps.verifier });
}

/** A document under a device's topic must also say that device and this site: signatures do not cover the topic. */
function isOwn(
  deps: FleetDeps,
  parts: IntakeParts,
  record: DeviceRecord,
  document: { site: string; device: string },
): boolean {
  if (document.site === deps.site.id && document.device === record.id) return true;
  parts.refusals.record({
    device: record.id,
    type: 'device.document-refused',
    why: 'names-another-device',
    via: 'mqtt',
  });
  return false;
}

function takeReported(
  deps: FleetDeps,
  parts: IntakeParts,
  { record, document }: { record: DeviceRecord; document: ReportedDocument },
): void {
  const decision = decideReport(record.reportOrder, document);
  if (!decision.accept) return;
  const now = deps.clock.now();
  const next: DeviceRecord = {
    ...record,
    reported: document,
    reportOrder: decision.order,
    lastSeenAt: now,
    clockOffsetMs: document.at - now,
  };
  parts.register.save(
    next,
    isTurn(record.reported, document)
      ? { actor: deviceActor(record), type: 'device.reported', payload: summary(document) }
      : null,
  );
  parts.tell({ kind: 'reported', device: record.id, document });
}

/** Reports come every few seconds; the log records those that say something new about the device's state. */
function isTurn(before: ReportedDocument | null, after: ReportedDocument): boolean {
  return (
    before === null ||
    before.state !== after.state ||
    before.generation !== after.generation ||
    before.active !== after.active ||
    before.epoch !== after.epoch
  );
}

function summary({
  state,
  generation,
  rolloutId,
  active,
  slots,
  epoch,
  sequence,
}: ReportedDocument): Record<string, Json> {
  const model = active === null ? null : slots[active].model;
  return {
    state,
    generation,
    rolloutId,
    active,
    version: model?.version ?? null,
    bundleDigest: model?.bundleDigest ?? null,
    epoch,
    sequence,
  };
}

function takeEvent(
  deps: FleetDeps,
  parts: IntakeParts,
  { record, document, envelope }: { record: DeviceRecord; document: DeviceEvent; envelope: unknown },
): void {
  const eventWindow = acceptDelivery(record.eventWindow, document);
  if (eventWindow === undefined) return;
  const { event, epoch, sequence, at } = document;
  // A confirmation and a fall-back decide about a rollout: the log keeps them with the device's own signature.
  const proof = event.type === 'confirmed' || event.type === 'fell-back' ? { envelope: JSON.stringify(envelope) } : {};
  const details =
    event.type === 'fell-back'
      ? {
          generation: event.generation,
          rolloutId: event.rolloutId,
          code: event.evidence.code,
          message: event.evidence.message,
        }
      : flat(event);
  parts.register.save(
    { ...record, eventWindow, lastSeenAt: deps.clock.now() },
    {
      actor: deviceActor(record),
      type: `device.${event.type === 'state' ? 'state-changed' : event.type}`,
      payload: { epoch, sequence, deviceTime: at, ...details, ...proof },
    },
  );
  parts.tell({ kind: 'event', device: record.id, document });
}

/** The plain members of an event; nested ones are in the envelope. */
function flat(event: DeviceEvent['event']): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(event).filter(
      (entry): entry is [string, string | number | null] =>
        entry[0] !== 'type' && (entry[1] === null || typeof entry[1] !== 'object'),
    ),
  );
}

function takeOnline(
  deps: FleetDeps,
  parts: IntakeParts,
  { record, isOnline }: { record: DeviceRecord; isOnline: boolean },
): void {
  if (isOnline) parts.online.add(record.id);
  else parts.online.delete(record.id);
  parts.register.save({ ...record, lastSeenAt: deps.clock.now() }, null);
  parts.tell({ kind: 'online', device: record.id, online: isOnline });
}
