import type { TensorContract } from '#contracts/bundle.ts';
import type { Inspection } from '../inputs/inspect.ts';
import type { CliIo } from './io.ts';
import { printable, printFindings } from './print-findings.ts';

/** What a bundle says about itself, under the sentence that nothing of it is verified. */
export function printInspection(inspection: Inspection, io: Pick<CliIo, 'out'>): void {
  const { model, version, title, digest, channel, sequence } = inspection;
  io.out('NOT VERIFIED: this is what the bundle says about itself. Use `gantry verify` before you believe it.');
  io.out(`${printable(model)} ${printable(version)}  ${printable(title)}`);
  io.out(`Digest    ${digest}`);
  io.out(`Channel   ${channel ?? 'unknown'}, sequence ${String(sequence ?? 'unknown')}`);
  io.out(`Size      ${String(inspection.sizeBytes)} bytes in ${String(inspection.blobs)} blobs`);
  for (const tensor of inspection.contract?.inputs ?? []) io.out(`Input     ${tensorText(tensor)}`);
  for (const tensor of inspection.contract?.outputs ?? []) io.out(`Output    ${tensorText(tensor)}`);
  for (const { target, weightsBytes } of inspection.variants) {
    io.out(
      `Variant   ${target.id}: ${target.runtime} ${printable(target.runtimeVersion)}, ${target.precision}, ${target.os}/${target.architecture}, ${String(weightsBytes)} bytes`,
    );
  }
  for (const { artifactType, claims } of inspection.referrers)
    io.out(
      `Attached  ${printable(claims || 'unknown')} (${artifactType === 'application/vnd.in-toto+json' ? 'not signed' : 'signature not checked'})`,
    );
  printFindings(inspection.findings, io);
}

function tensorText({ name, datatype, shape }: TensorContract): string {
  return `${printable(name)} ${datatype} [${shape.map((dim) => (dim === -1 ? 'N' : String(dim))).join(', ')}]`;
}
