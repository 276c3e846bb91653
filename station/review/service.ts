import type { SampleUpload } from '#contracts/device.ts';
import type { Label, SampleState, SampleView } from '#contracts/review.ts';
import type { Person } from '#contracts/site.ts';

export interface ReviewService {
  /** Called by the device port after the certificate was checked; durable before it returns, repeated uploads are one sample. */
  receive(upload: SampleUpload): Promise<void>;
  queue(filter: { state?: SampleState; device?: string; limit: number; afterId?: string }): {
    samples: SampleView[];
    counts: Record<SampleState, number>;
  };
  get(sampleId: string): SampleView;
  image(sampleId: string): Promise<{ mediaType: string; bytes: Uint8Array }>;
  /** Durable before it returns: there is no Save. CONFLICT when `revision` is not the current one. */
  label(input: { sampleId: string; label: Label; revision: number }, person: Person): SampleView;
  decide(input: { sampleId: string; state: 'accepted' | 'rejected'; revision: number }, person: Person): SampleView;
  /** Takes the person's last change back; survives a restart. */
  undo(person: Person): SampleView;
  /** Writes accepted samples to a medium; same data, same bytes. */
  export(
    input: { format: 'coco'; volumeId: string; recipients?: readonly string[] | undefined },
    person: Person,
  ): Promise<{ jobId: string }>;
}
