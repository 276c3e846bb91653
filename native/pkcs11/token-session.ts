import type { Session, Slot } from 'graphene-pk11';
import { AppError } from '#core/base/index.ts';
import type { Pkcs11Uri } from '#core/keys/index.ts';
import { loadEngine, loadModule } from './engine.ts';
import { ckrOf, tokenFailure } from './token-failure.ts';

/** What a token says about itself; labels are hostile text. */
export interface TokenDescription {
  readonly label: string;
  readonly serial: string;
  readonly model: string;
}

/** The tokens behind a library, uninitialised ones left out. */
export function listTokens(modulePath: string): TokenDescription[] {
  return slotsOf(modulePath).map(describe);
}

/**
 * Opens the one token that has this label and serial and logs in. PKCS11_TOKEN_NOT_FOUND before any PIN is tried;
 * PKCS11_PIN_WRONG and PKCS11_PIN_LOCKED as the token says.
 */
export function openTokenSession(uri: Pkcs11Uri, pin: string, mode: 'sign' | 'create'): Session {
  const { SessionFlag, UserType } = loadEngine();
  const slot = findSlot(uri);
  try {
    const flags = mode === 'create' ? SessionFlag.SERIAL_SESSION | SessionFlag.RW_SESSION : SessionFlag.SERIAL_SESSION;
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the binding types a set of flags as one flag
    const session = slot.open(flags);
    try {
      session.login(pin, UserType.USER);
    } catch (error) {
      // Login is a state of the token for this whole process, not of one session (PKCS#11 v2.40 section 6.7).
      if (ckrOf(error) === 'CKR_USER_ALREADY_LOGGED_IN') return session;
      session.close();
      throw error;
    }
    return session;
  } catch (error) {
    throw tokenFailure(error, 'log in');
  }
}

function findSlot(uri: Pkcs11Uri): Slot {
  const matching = slotsOf(uri.modulePath).filter((slot) => {
    const { label, serial } = describe(slot);
    return (uri.token === undefined || uri.token === label) && (uri.serial === undefined || uri.serial === serial);
  });
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  const wanted = uri.token ?? uri.serial ?? '';
  throw new AppError('PKCS11_TOKEN_NOT_FOUND', `${String(matching.length)} tokens answer to ${wanted}, one is needed`, {
    token: wanted,
    found: matching.length,
  });
}

function slotsOf(modulePath: string): Slot[] {
  const { TokenFlag } = loadEngine();
  const module = loadModule(modulePath);
  try {
    // Only slots with an initialised token: SoftHSM shows a free one besides.
    return [...module.getSlots(true)].filter((slot) => (slot.getToken().flags & TokenFlag.TOKEN_INITIALIZED) !== 0);
  } catch (error) {
    throw tokenFailure(error, 'look for tokens');
  }
}

function describe(slot: Slot): TokenDescription {
  const { label, serialNumber, model } = slot.getToken();
  return { label: label.trim(), serial: serialNumber.trim(), model: model.trim() };
}
