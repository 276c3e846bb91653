import type { Descriptor } from '#contracts/bundle.ts';
import type { Digest, Finding } from '#core/base/index.ts';
import { findingOf } from './finding.ts';

/** Collects every blob of a bundle, each once. Two sizes for one digest cannot both be true. */
export class Closure {
  readonly findings: Finding[] = [];
  private readonly known = new Map<Digest, Descriptor>();

  add(...descriptors: readonly Descriptor[]): void {
    for (const descriptor of descriptors) {
      const before = this.known.get(descriptor.digest);
      if (before === undefined) this.known.set(descriptor.digest, descriptor);
      else if (before.size !== descriptor.size) {
        this.findings.push(
          findingOf(
            'BUNDLE_SIZE_MISMATCH',
            descriptor.digest.slice(7, 19),
            `Stated as ${String(before.size)} and as ${String(descriptor.size)} bytes.`,
          ),
        );
      }
    }
  }

  get blobs(): Descriptor[] {
    return [...this.known.values()];
  }
}

/** Bytes of all blobs together. */
export function closureBytes(closure: readonly Descriptor[]): number {
  return closure.reduce((sum, blob) => sum + blob.size, 0);
}
