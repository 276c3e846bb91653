export { signStatement } from './sign-statement.ts';
export { sigstoreAttestations } from './verify-attestation.ts';
