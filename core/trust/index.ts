export { addIdentity, addKey, assertDecidedOn, removeIdentity, removeKey, type TrustChange } from './changes.ts';
export { assertNotOlder, sameFloors, strictest } from './floors.ts';
export { RoleFloors, TOP_ROLES, type RootFacts, type TopRole, type TufMetadata } from './tuf-state.ts';
