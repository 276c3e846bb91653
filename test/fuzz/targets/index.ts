import type { Target } from '../target.ts';
import { archiveTarget } from './archives.ts';
import { bundleTarget } from './bundle.ts';
import { documentTargets } from './documents.ts';
import { modelFolderTargets } from './model-folders.ts';
import { modelTargets } from './models.ts';
import { signedTargets } from './signed.ts';
import { wireTargets } from './wire.ts';

/** Every door that untrusted bytes come through. */
export const TARGETS: readonly Target[] = [
  ...documentTargets,
  ...modelTargets,
  ...modelFolderTargets,
  ...signedTargets,
  ...wireTargets,
  archiveTarget,
  bundleTarget,
];
