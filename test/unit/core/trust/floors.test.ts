import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assertNotOlder,
  judgeStores,
  NO_FLOORS,
  strictest,
  strictestOf,
  type RoleFloors,
  type SiteFloors,
} from '#core/trust/index.ts';

const digest = (text: string): string => text.repeat(64).slice(0, 64);
function floors(part: Partial<Record<'root' | 'timestamp' | 'snapshot' | 'targets', number>>, keys = 'k'): RoleFloors {
  const { root = 1, timestamp = 1, snapshot = 1, targets = 1 } = part;
  return {
    root: { version: root, digest: digest(String(root % 10)) },
    timestamp: { version: timestamp, keys },
    snapshot: { version: snapshot, keys },
    targets: { version: targets, keys },
  };
}
const refusal = (code: string) => expect.objectContaining({ code }) as unknown;

describe('assertNotOlder', () => {
  it.each(['root', 'timestamp', 'snapshot', 'targets'] as const)('refuses an older %s', (role) => {
    expect(() => assertNotOlder(floors({ [role]: 3 }), floors({ [role]: 2 }))).toThrow(refusal('TUF_ROLLED_BACK'));
    expect(() => assertNotOlder(floors({ [role]: 3 }), floors({ [role]: 3 }))).not.toThrow();
  });

  it('refuses another root of the same version', () => {
    const other = { ...floors({}), root: { version: 1, digest: digest('f') } };

    expect(() => assertNotOlder(floors({}), other)).toThrow(refusal('TUF_ROOT_FORKED'));
  });

  it('lets versions begin anew under new keys, and the root never', () => {
    expect(() => assertNotOlder(floors({ timestamp: 900 }), floors({ root: 2, timestamp: 2 }, 'new'))).not.toThrow();
    expect(() => assertNotOlder(floors({ root: 3 }), floors({ root: 2 }, 'new'))).toThrow(refusal('TUF_ROLLED_BACK'));
  });
});

describe('two stores', () => {
  const some = fc
    .tuple(fc.nat(5), fc.nat(5), fc.nat(5), fc.nat(5))
    .map(([root, timestamp, snapshot, targets]) =>
      floors({ root: root + 1, timestamp: timestamp + 1, snapshot: snapshot + 1, targets: targets + 1 }),
    );

  it('forbid together what either forbids, in any order', () => {
    fc.assert(
      fc.property(some, some, some, (one, other, offered) => {
        const refuses = (floor: RoleFloors | null): boolean => {
          try {
            assertNotOlder(floor, offered);
            return false;
          } catch {
            return true;
          }
        };
        expect(refuses(strictest(one, other))).toBe(refuses(one) || refuses(other));
        expect(strictest(one, other)).toEqual(strictest(other, one));
      }),
    );
  });

  const site = (part: Partial<SiteFloors>): SiteFloors => ({ ...NO_FLOORS, ...part });

  it('are judged with the audit chain', () => {
    const chain = { seq: 7, hash: 'h7' };
    const hashAt = (seq: number): string | undefined => (seq === 7 ? 'h7' : undefined);
    const file = site({ chain, sequences: { 'production/pcb': 4 } });

    expect(judgeStores(null, 'missing', hashAt)).toBe('agree');
    expect(judgeStores(file, file, hashAt)).toBe('agree');
    expect(judgeStores(file, 'missing', hashAt)).toBe('file-missing');
    expect(judgeStores(file, 'damaged', hashAt)).toBe('file-damaged');
    expect(judgeStores(site({ sequences: { 'production/pcb': 3 } }), file, hashAt)).toBe('database-older');
    expect(judgeStores(null, file, hashAt)).toBe('database-older');
    expect(judgeStores(file, file, () => undefined)).toBe('chain-differs');
    expect(judgeStores(file, file, () => 'other')).toBe('chain-differs');
  });

  it('keep the highest sequence of each model and channel', () => {
    const one = site({ sequences: { 'production/pcb': 4, 'staging/pcb': 9 } });
    const other = site({ sequences: { 'production/pcb': 6 } });

    expect(strictestOf(one, other).sequences).toEqual({ 'production/pcb': 6, 'staging/pcb': 9 });
  });
});
