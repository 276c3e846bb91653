import type { VolumeView } from '#contracts/media.ts';
import type { Finding } from '#core/base/index.ts';
import { bundleBytes, visibleText, type SourceSet } from '#core/media/index.ts';
import type { ConnectedMedium } from './service.ts';

/** What the page sees of a medium: no path, and hostile text made visible. */
export function toVolumeView({ volume, contents }: ConnectedMedium, canClose: boolean): VolumeView {
  return {
    id: volume.id,
    kind: volume.kind,
    label: visibleText(volume.label),
    serial: volume.serial === null ? null : visibleText(volume.serial),
    fileSystem: volume.fileSystem === null ? null : visibleText(volume.fileSystem, 32),
    totalBytes: volume.totalBytes,
    freeBytes: volume.freeBytes,
    readOnly: volume.readOnly,
    canClose,
    set: contents.source === null ? null : setView(contents.source, contents.present.size),
    signature: contents.signature.at === 'none' ? null : contents.signature,
    problem: worst(contents.findings),
  };
}

function setView(source: SourceSet, partsHere: number): NonNullable<VolumeView['set']> {
  return {
    setId: source.setId,
    createdAt: source.createdAt,
    sticks: source.sticks,
    partsHere,
    partsTotal: source.parts.length,
    bundles: source.bundles.map((bundle) => ({
      digest: bundle.digest,
      model: bundle.model,
      version: bundle.version,
      title: visibleText(bundle.title),
      sizeBytes: bundleBytes(bundle),
    })),
  };
}

function worst(findings: readonly Finding[]): Finding | null {
  return (
    findings.find((finding) => finding.severity === 'block') ??
    findings.find((finding) => finding.severity === 'warn') ??
    null
  );
}
