import type { Person } from '#contracts/site.ts';
import { AppError } from '#core/base/index.ts';
import {
  addIdentity,
  addKey,
  assertDecidedOn,
  removeIdentity,
  removeKey,
  type TrustChange,
} from '#core/trust/index.ts';
import type { SiteTrust } from '#contracts/trust.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { hexOf } from './digests.ts';
import type { World } from './world.ts';

/** Keys, identities and rules, in memory. */
export function createTrust(world: World): StationServices['trust'] {
  const change = (by: Person, expected: number | undefined, decide: (before: SiteTrust) => TrustChange): SiteTrust => {
    assertDecidedOn('trust', world.trust.version, expected);
    const { after, ...told } = decide(world.trust);
    world.trust = after;
    world.record(by, { stream: 'trust', ...told });
    return after;
  };
  return {
    trust: () => world.trust,
    policy: () => world.policy,
    trustKey({ expectedVersion, ...input }, by) {
      if (!input.publicKeyPem.includes('BEGIN PUBLIC KEY'))
        throw new AppError('KEY_FILE_INVALID', 'not a PEM public key', {});
      const key = { keyId: hexOf(input.publicKeyPem), addedAt: world.clock.now(), addedBy: by.name, ...input };
      return change(by, expectedVersion, (before) => addKey(before, key));
    },
    removeKey: ({ keyId, reason, expectedVersion }, by) =>
      change(by, expectedVersion, (before) => removeKey(before, keyId, reason)),
    trustIdentity({ expectedVersion, ...input }, by) {
      const identity = { ...input, addedAt: world.clock.now(), addedBy: by.name };
      return change(by, expectedVersion, (before) => addIdentity(before, identity));
    },
    removeIdentity: ({ name, reason, expectedVersion }, by) =>
      change(by, expectedVersion, (before) => removeIdentity(before, name, reason)),
    setChannelPolicy({ channel, policy, expectedVersion }, by) {
      assertDecidedOn('policy', world.policy.version, expectedVersion);
      const before = world.policy.channels[channel];
      world.policy = {
        ...world.policy,
        version: world.policy.version + 1,
        channels: { ...world.policy.channels, [channel]: policy },
      };
      world.record(by, {
        stream: 'trust',
        type: 'trust.policy-changed',
        subject: channel,
        payload: { version: world.policy.version, before: JSON.stringify(before), after: JSON.stringify(policy) },
      });
      return world.policy;
    },
  };
}
