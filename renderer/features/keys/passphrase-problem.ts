/** As the station asks for it. */
const LEAST_CHARACTERS = 12;

/** Why a passphrase cannot be used yet; null when it can. */
export function passphraseProblem(passphrase: string, repeated: string): 'tooShort' | 'differ' | null {
  if (passphrase.length < LEAST_CHARACTERS) return 'tooShort';
  return passphrase === repeated ? null : 'differ';
}
