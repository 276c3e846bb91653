/** Turns a passphrase into something that can be kept and compared, and never turned back. */
export interface PassphraseProof {
  make(passphrase: string): Promise<string>;
  check(passphrase: string, proof: string): Promise<boolean>;
}
