// @peculiar/x509 resolves its services through reflect-metadata: without this import first, it throws when it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

export { x509, webcrypto };

/** Every key that the site CA makes or signs with (FIPS 186-5 P-256, SHA-256). */
export const EC_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const EC_SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
