export { createKeyPair, nodeSignatureVerifier, signingKeyFromPem, type KeyPair } from './key-pair.ts';
export { openKeyFile, readKeyText, writeKeyFile, writePublicKeyFile } from './key-files.ts';
export { ensureVaultKeys, fileKeyVault } from './key-vault.ts';
