import { z } from 'zod';
import { DesiredDocument, DsseEnvelope, ReportedDocument } from '#contracts/device.ts';
import { AgeRecipient } from '#contracts/keys.ts';
import { DeviceId, Instant } from '#contracts/primitives.ts';
import { DeliveryWindow } from './delivery-window.ts';
import { ReportOrder } from './report-order.ts';

/** What the station keeps of a device. */
export const DeviceRecord = z.object({
  id: DeviceId,
  name: z.string(),
  line: z.string(),
  cell: z.string(),
  redundancyGroup: z.string().nullable(),
  safety: z.boolean(),
  enrolledAt: Instant,
  certificate: z.object({ serial: z.string(), fingerprint: z.string(), notBefore: Instant, notAfter: Instant }),
  publicKeyPem: z.string(),
  /** What content keys are wrapped to; absent for devices that were enrolled before there was one. */
  recipient: AgeRecipient.optional(),
  revoked: z.object({ at: Instant, reason: z.string() }).nullable(),
  lastSeenAt: Instant.nullable(),
  clockOffsetMs: z.number().nullable(),
  desired: z.object({ document: DesiredDocument, envelope: DsseEnvelope }).nullable(),
  reported: ReportedDocument.nullable(),
  reportOrder: ReportOrder.nullable(),
  eventWindow: DeliveryWindow,
});
export type DeviceRecord = z.infer<typeof DeviceRecord>;
