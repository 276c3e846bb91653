import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire, type FuseConfig } from '@electron/fuses';

/** Every fuse is set on purpose; a fuse that a later Electron adds makes the build stop until it is decided here. */
const SHELL_FUSES = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies FuseConfig;

const ON = '1';
const OFF = '0';

/** Burns the fuses into an Electron executable and reads them back; throws when one is not as wanted. */
export async function burnFuses(executable: string): Promise<void> {
  await flipFuses(executable, SHELL_FUSES);
  const wrong = await wrongFuses(executable);
  if (wrong.length > 0) throw new Error(`${executable}: fuses not as wanted: ${wrong.join(', ')}`);
}

/** Names of fuses of an executable that differ from ours. */
export async function wrongFuses(executable: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(executable);
  return FUSE_POSITIONS.filter(
    (position) => String.fromCharCode(wire[position] ?? 0) !== (SHELL_FUSES[position] ? ON : OFF),
  ).map((position) => FuseV1Options[position]);
}

const FUSE_POSITIONS = [
  FuseV1Options.RunAsNode,
  FuseV1Options.EnableCookieEncryption,
  FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  FuseV1Options.EnableNodeCliInspectArguments,
  FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  FuseV1Options.OnlyLoadAppFromAsar,
  FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  FuseV1Options.GrantFileProtocolExtraPrivileges,
  FuseV1Options.WasmTrapHandlers,
] as const;
