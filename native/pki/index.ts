export {
  ensureServerCredentials,
  openOrCreateSiteCa,
  writeRevocationList,
  type PkiFolder,
  type ServerCredentials,
} from './files.ts';
export { readRevocationList } from './revocation-list.ts';
export type { SiteCa } from './site-ca.ts';
