export { CONTENT_KEY_BYTES, unwrapContentKey, wrapContentKey } from './content-key.ts';
