import type { DsseEnvelope } from '#contracts/device.ts';

/** The agent's view of the message bus; the MQTT connection of native/mqtt-client is one. */
export interface StationLink {
  readonly connected: boolean;
  /** Resolves when the broker has it for good; rejects otherwise. */
  publish(
    leaf: 'reported' | 'event' | 'response',
    envelope: DsseEnvelope,
    options?: { retain?: boolean },
  ): Promise<void>;
  close(): Promise<void>;
}
