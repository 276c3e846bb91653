import { isMainThread, workerData } from 'node:worker_threads';

/** What this process or thread was started as. Workers and children start the program's own file. */
export type Role = 'program' | 'inference' | 'smoke' | 'verify' | 'scan' | 'measure' | 'cold-start';

const ROLES = ['inference', 'smoke', 'verify', 'scan', 'measure', 'cold-start'] as const;
const FLAG = '--gantry-role=';

export function currentRole(argv: readonly string[]): Role {
  if (!isMainThread) return roleNamed((workerData as { gantryRole?: unknown } | null)?.gantryRole);
  return roleNamed(argv.find((argument) => argument.startsWith(FLAG))?.slice(FLAG.length));
}

function roleNamed(name: unknown): Role {
  return ROLES.find((role) => role === name) ?? 'program';
}

/** Runs a role to its end. Precondition: not `program`. Everything is imported on use: a thread loads only what it needs. */
export async function playRole(role: Exclude<Role, 'program'>): Promise<void> {
  switch (role) {
    case 'inference': {
      const { serveInferenceThread } = await import('#native/onnx/index.ts');
      await serveInferenceThread(workerData as Parameters<typeof serveInferenceThread>[0]);
      return;
    }
    case 'smoke': {
      const { playSmoke } = await import('./smoke.ts');
      playSmoke();
      return;
    }
    case 'verify': {
      const { playVerify } = await import('./verify.ts');
      playVerify();
      return;
    }
    case 'scan': {
      const { serveScan } = await import('#native/model-scan/index.ts');
      serveScan();
      return;
    }
    case 'cold-start': {
      const { playColdStart } = await import('./cold-start.ts');
      playColdStart();
      return;
    }
    case 'measure': {
      const { playMeasure } = await import('./measure.ts');
      playMeasure();
      return;
    }
  }
}
