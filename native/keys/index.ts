export {
  createKeyPair,
  nodeSignatureVerifier,
  publicKeyAlgorithm,
  signingKeyFromPem,
  type KeyPair,
} from './key-pair.ts';
export { openKeyFile, readKeyText, writeKeyFile, writePublicKeyFile } from './key-files.ts';
export { ensureVaultKeys, fileKeyVault, publishVaultKey } from './key-vault.ts';
export { finishAuditRotation, folderKeyCustody } from './key-custody.ts';
export { openEncryptionKey } from './encryption-key.ts';
export { readKeyStore, writeKeyStore } from './key-store.ts';
export { scryptProof } from './passphrase-proof.ts';
