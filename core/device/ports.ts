import type { DsseEnvelope } from '#contracts/device.ts';

/** The station's side of the message bus. Delivery is at least once; senders are authenticated by certificate. */
export interface DeviceBus {
  /** Retained; the device sees the last one even after a week. */
  publishDesired(device: string, envelope: DsseEnvelope): Promise<void>;
  publishRequest(device: string, envelope: DsseEnvelope): Promise<void>;
  onMessage(listener: (message: DeviceMessage) => void): () => void;
  /** Ends the connection of a revoked device and refuses the next one. */
  disconnect(device: string): void;
}

export type DeviceMessage =
  | { readonly leaf: 'reported' | 'event' | 'response'; readonly device: string; readonly envelope: unknown }
  | { readonly leaf: 'online'; readonly device: string; readonly online: boolean };
