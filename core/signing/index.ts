export { fromBase64, toBase64 } from './base64.ts';
export { openDocument, preAuthEncoding, sealDocument, type OpenOptions } from './dsse.ts';
