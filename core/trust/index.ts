export { addIdentity, addKey, assertDecidedOn, removeIdentity, removeKey, type TrustChange } from './changes.ts';
