export { addIdentity, addKey, assertDecidedOn, removeIdentity, removeKey, type TrustChange } from './changes.ts';
export { assertNotOlder, strictest } from './floors.ts';
export { RoleFloors, type RootFacts, type TopRole, type TufMetadata } from './tuf-state.ts';
export {
  afterAccepting,
  FLOORS_PLACE,
  judgeStores,
  NO_FLOORS,
  sequenceKey,
  SiteFloors,
  strictestOf,
  StoresState,
} from './site-floors.ts';
export { allowsDowngrade, approveException, EXCEPTION_LIFE_MS, subjectOf, useException } from './exceptions.ts';
export { applyPlantKeys, comparePlantKeys, type Managed } from './plant-keys.ts';
