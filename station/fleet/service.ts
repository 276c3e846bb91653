import type {
  DesiredDocument,
  DeviceEvent,
  DeviceRequest,
  DeviceView,
  EnrolmentCodeView,
  EnrolmentRequest,
  EnrolmentResponse,
  ModelRef,
  ReportedDocument,
  WatchdogLimits,
} from '#contracts/device.ts';
import type { Person } from '#contracts/site.ts';

/** What a rollout asks of one device. */
export interface DesiredChange {
  readonly model: ModelRef | null;
  readonly phase: DesiredDocument['phase'];
  readonly rolloutId: string | null;
  readonly ticket: string | null;
  readonly watchdog: WatchdogLimits;
}

/** Verified news from devices: signature checked, duplicates dropped, durable before it is told. */
export type DeviceNews =
  | { readonly kind: 'reported'; readonly device: string; readonly document: ReportedDocument }
  | { readonly kind: 'event'; readonly device: string; readonly document: DeviceEvent }
  | { readonly kind: 'online'; readonly device: string; readonly online: boolean };

export interface FleetService {
  list(): DeviceView[];
  get(deviceId: string): DeviceView;
  createCode(
    input: {
      name: string;
      line: string;
      cell: string;
      redundancyGroup: string | null;
      safety: boolean;
      validMinutes: number;
    },
    person: Person,
  ): EnrolmentCodeView;
  /** Called by the device port. ENROLMENT_CODE_INVALID for unknown, used or expired codes. */
  enrol(request: EnrolmentRequest): Promise<EnrolmentResponse>;
  revoke(deviceId: string, reason: string, person: Person): Promise<void>;
  /** Raises the generation, signs and publishes; durable before it returns. Returns the generation. */
  desire(deviceId: string, change: DesiredChange): Promise<number>;
  /** Sends a question and yields its progress and answer; DEVICE_UNREACHABLE after `timeoutMs` of silence. */
  ask(
    deviceId: string,
    request: DeviceRequest['request'],
    options: {
      timeoutMs: number;
      signal: AbortSignal;
      onProgress?: (done: number, total: number, step: string) => void;
    },
  ): Promise<unknown>;
  onNews(listener: (news: DeviceNews) => void): () => void;
}
