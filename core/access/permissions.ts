import type { Action, Role } from '#contracts/site.ts';

const READ: readonly Action[] = [
  'site.read',
  'media.read',
  'bundle.read',
  'fleet.read',
  'benchmark.read',
  'rollout.read',
  'review.read',
  'telemetry.read',
  'trust.read',
  'job.read',
];
const OPERATE: readonly Action[] = [
  ...READ,
  'audit.read',
  'media.open',
  'import.run',
  'import.decide',
  'fleet.enrol',
  'benchmark.run',
  'rollout.run',
  'export.write',
  'job.cancel',
  'demo.run',
];

/** What each role may do. An action that is not listed is refused. */
const PERMISSIONS: Readonly<Record<Role, readonly Action[]>> = {
  viewer: READ,
  auditor: [...READ, 'audit.read', 'export.write'],
  quality: [...READ, 'audit.read', 'review.label', 'export.write'],
  operator: [...OPERATE, 'review.label'],
  admin: [...OPERATE, 'review.label', 'trust.change'],
};

export function isPermitted(role: Role, action: Action): boolean {
  return PERMISSIONS[role].includes(action);
}
