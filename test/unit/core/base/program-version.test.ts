import { describe, expect, it } from 'vitest';
import { PROGRAM_VERSION } from '#core/base/index.ts';
import manifest from '../../../../package.json' with { type: 'json' };

describe('PROGRAM_VERSION', () => {
  it('is the version of the package', () => {
    expect(PROGRAM_VERSION).toBe(manifest.version);
  });
});
