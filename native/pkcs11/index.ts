export { BUILD_COMMAND } from './engine.ts';
export { pinFromFile } from './pin.ts';
export { createTokenKey, openTokenKey, type PinSource } from './token-key.ts';
export { listTokens, type TokenDescription } from './token-session.ts';
