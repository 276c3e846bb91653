export { fromBase64, toBase64 } from './base64.ts';
export { openDocument, sealDocument, type OpenOptions } from './dsse.ts';
