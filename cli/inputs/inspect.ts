import type { ModelContract, VariantTarget } from '#contracts/bundle.ts';
import type { Digest, Finding } from '#core/base/index.ts';
import { closureBytes, readBundle } from '#core/bundle/index.ts';
import { openInput, selectListed } from './open-input.ts';

/** What a bundle says about itself. Nothing of it is verified. */
export interface Inspection {
  readonly trusted: false;
  readonly kind: string;
  readonly digest: Digest;
  readonly model: string;
  readonly version: string;
  readonly title: string;
  readonly channel: string | null;
  readonly sequence: number | null;
  readonly contract: Pick<ModelContract, 'inputs' | 'outputs' | 'objectives'> | null;
  readonly variants: readonly {
    readonly target: VariantTarget;
    readonly digest: Digest;
    readonly weightsBytes: number;
  }[];
  readonly referrers: readonly {
    readonly digest: Digest;
    readonly artifactType: string;
    readonly claims: string;
    readonly sizeBytes: number;
  }[];
  readonly blobs: number;
  readonly sizeBytes: number;
  readonly findings: readonly Finding[];
}

/** Untrusted: reads the documents of a bundle and repeats them. */
export async function inspectInput(path: string, wanted?: string): Promise<Inspection> {
  const input = await openInput(path);
  try {
    const listed = selectListed(input, wanted);
    const { bundle, heading, findings, referrers, closure } = await readBundle(
      input.reader,
      listed.digest,
      input.referrersOf(listed.digest),
    );
    return {
      trusted: false,
      kind: input.kind,
      digest: listed.digest,
      model: heading?.model ?? listed.model,
      version: heading?.version ?? listed.version,
      title: heading?.title ?? listed.title,
      channel: heading?.channel ?? null,
      sequence: heading?.sequence ?? null,
      contract:
        bundle === null
          ? null
          : {
              inputs: bundle.contract.inputs,
              outputs: bundle.contract.outputs,
              objectives: bundle.contract.objectives,
            },
      variants: (bundle?.variants ?? []).map(({ target, digest, weights }) => ({
        target,
        digest,
        weightsBytes: weights.size,
      })),
      referrers: referrers.map(({ manifest, artifactType, claims, layer }) => ({
        digest: manifest.digest,
        artifactType,
        claims,
        sizeBytes: layer.size,
      })),
      blobs: closure.length,
      sizeBytes: closureBytes(closure),
      findings,
    };
  } finally {
    await input.close();
  }
}
