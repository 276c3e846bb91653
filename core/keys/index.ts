export { derFromRawEcdsa } from './ecdsa-der.ts';
export { formatPkcs11Uri, parsePkcs11Uri, PKCS11_SCHEME, type Pkcs11Uri } from './pkcs11-uri.ts';
export { BACKUP_LIMIT_BYTES, backupText, bytesOfBackupFile, parseBackup } from './site-backup.ts';
