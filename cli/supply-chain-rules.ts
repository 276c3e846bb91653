import { BuildLevel, type ChannelPolicy, type SignatureMaterial } from '#contracts/verdict.ts';
import { AppError } from '#core/base/index.ts';
import { numberOption } from './number-option.ts';
import type { CliIo } from './output/index.ts';
import { printable } from './output/print-findings.ts';

interface SupplyChainOptions {
  readonly material?: SignatureMaterial;
  readonly logThreshold?: string;
  readonly timestampThreshold?: string;
  readonly sourceRef?: readonly string[];
  readonly sourceRevision?: readonly string[];
  readonly buildType?: readonly string[];
  readonly builderLevel?: readonly string[];
  readonly minimumSlsaLevel?: string;
  readonly devices?: ChannelPolicy['devices'];
  readonly vsaMaxAgeDays?: string;
}

const ANY = 'any';

/** The rules about signatures and builds that a command line names; what is not named is not in it. */
export function supplyChainRules(options: SupplyChainOptions): Partial<ChannelPolicy> {
  const { sourceRef, sourceRevision, buildType, builderLevel, minimumSlsaLevel, devices, vsaMaxAgeDays } = options;
  const { material, logThreshold, timestampThreshold } = options;
  return {
    ...(material === undefined ? {} : { material }),
    ...(logThreshold === undefined ? {} : { logThreshold: witnesses('--log-threshold', logThreshold) }),
    ...(timestampThreshold === undefined
      ? {}
      : { timestampThreshold: witnesses('--timestamp-threshold', timestampThreshold) }),
    ...(sourceRef === undefined ? {} : { sourceRefs: listOf(sourceRef) }),
    ...(sourceRevision === undefined ? {} : { sourceRevisions: listOf(sourceRevision) }),
    ...(buildType === undefined ? {} : { buildTypes: listOf(buildType) }),
    ...(builderLevel === undefined ? {} : { builderLevels: Object.fromEntries(builderLevel.map(levelOf)) }),
    ...(minimumSlsaLevel === undefined
      ? {}
      : { minimumSlsaLevel: numberOption('--minimum-slsa-level', minimumSlsaLevel, { least: 0, most: 3 }) }),
    ...(devices === undefined ? {} : { devices }),
    ...(vsaMaxAgeDays === undefined
      ? {}
      : { vsaMaxAgeDays: numberOption('--vsa-max-age-days', vsaMaxAgeDays, { least: 0.01, most: 36_500 }) }),
  };
}

/** More than these no log or clock operator offers. */
function witnesses(flag: string, text: string): number {
  const count = numberOption(flag, text, { least: 0, most: 16 });
  if (!Number.isInteger(count)) throw new AppError('USAGE_INVALID', `${flag} is a whole number; found ${text}`);
  return count;
}

function listOf(texts: readonly string[]): string[] {
  return texts.length === 1 && texts[0] === ANY ? [] : [...new Set(texts)];
}

/** `URI=N`; a URI may hold an equals sign itself, so the last one divides. */
function levelOf(text: string): [string, BuildLevel] {
  const at = text.lastIndexOf('=');
  const level = BuildLevel.safeParse(Number(text.slice(at + 1)));
  if (at < 1 || !level.success)
    throw new AppError('USAGE_INVALID', `--builder-level is a builder, an equals sign and 1, 2 or 3; found ${text}`);
  return [text.slice(0, at), level.data];
}

/** The rules about signatures, and those about builds that are not at their widest, one a line. */
export function printSupplyChainRules(rules: ChannelPolicy, io: CliIo): void {
  io.out(`  signed by   a trusted ${rules.material}`);
  io.out(`  witnesses   log proofs ${String(rules.logThreshold)}, timestamps ${String(rules.timestampThreshold)}`);
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['refs', rules.sourceRefs],
    ['revisions', rules.sourceRevisions],
    ['build types', rules.buildTypes],
    ['levels', Object.entries(rules.builderLevels).map(([builder, level]) => `${builder} = ${String(level)}`)],
  ];
  for (const [what, entries] of lines)
    if (entries.length > 0) io.out(`  ${what.padEnd(11)} ${entries.map(printable).join(', ')}`);
  io.out(
    `  SLSA level  ${rules.minimumSlsaLevel === 0 ? 'none demanded' : `at least ${String(rules.minimumSlsaLevel)}`}`,
  );
  io.out(`  gateways    rely on ${RELIANCE[rules.devices]}`);
}

const RELIANCE: Readonly<Record<ChannelPolicy['devices'], string>> = {
  bundle: 'the signatures of the bundle',
  vsa: 'the verification summary of this site',
  either: 'the signatures of the bundle or the verification summary of this site',
};
