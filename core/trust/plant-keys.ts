import type { PlantKeys, SiteTrust, UpdatePreview } from '#contracts/trust.ts';
import type { TrustedKey } from '#contracts/verdict.ts';

/** What the trust repository put into the trust of the site, so that it can take it out again. */
export interface Managed {
  readonly keyIds: readonly string[];
  readonly identities: readonly string[];
}

interface Update {
  readonly plantKeys: PlantKeys | null;
  readonly trustedRoot: string | null;
  readonly keyIdOf: (pem: string) => string;
  readonly at: number;
  readonly by: string;
}

/**
 * The repository speaks for what it brought itself: a key or identity that it drops is dropped here. What a person added stays, and a
 * person who removed a key of the repository finds it again only with the next version that brings it.
 */
export function applyPlantKeys(
  trust: SiteTrust,
  managed: Managed,
  update: Update,
): { trust: SiteTrust; managed: Managed } {
  const { plantKeys, trustedRoot, keyIdOf, at, by } = update;
  if (plantKeys === null) return { trust: withRoot(trust, trustedRoot), managed };
  const keys: TrustedKey[] = plantKeys.keys.map((key) => ({
    ...key,
    keyId: keyIdOf(key.publicKeyPem),
    addedAt: at,
    addedBy: by,
  }));
  const identities = plantKeys.identities.map((identity) => ({ ...identity, addedAt: at, addedBy: by }));
  const keyIds = keys.map((key) => key.keyId);
  const names = identities.map((identity) => identity.name);
  const next = {
    ...trust,
    keys: [...trust.keys.filter((key) => !managed.keyIds.includes(key.keyId) && !keyIds.includes(key.keyId)), ...keys],
    identities: [
      ...trust.identities.filter(({ name }) => !managed.identities.includes(name) && !names.includes(name)),
      ...identities,
    ],
  };
  return { trust: withRoot(next, trustedRoot), managed: { keyIds, identities: names } };
}

/** What a person must see of a change before it is made. */
export function comparePlantKeys(
  before: SiteTrust,
  after: SiteTrust,
): Pick<UpdatePreview, 'addedKeys' | 'removedKeys' | 'addedIdentities' | 'removedIdentities' | 'trustedRootChanges'> {
  const name = ({ keyId, name: text }: TrustedKey): { keyId: string; name: string } => ({ keyId, name: text });
  const missingIn = (trust: SiteTrust) => (key: TrustedKey) => !trust.keys.some(({ keyId }) => keyId === key.keyId);
  const names = (trust: SiteTrust): string[] => trust.identities.map((identity) => identity.name);
  return {
    addedKeys: after.keys.filter(missingIn(before)).map(name),
    removedKeys: before.keys.filter(missingIn(after)).map(name),
    addedIdentities: names(after).filter((one) => !names(before).includes(one)),
    removedIdentities: names(before).filter((one) => !names(after).includes(one)),
    trustedRootChanges: before.trustedRoot !== after.trustedRoot,
  };
}

function withRoot(trust: SiteTrust, trustedRoot: string | null): SiteTrust {
  return { ...trust, trustedRoot: trustedRoot ?? trust.trustedRoot, version: trust.version + 1 };
}
