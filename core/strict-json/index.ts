export { parseStrictJson, type JsonLimits } from './parse.ts';
export type { JsonFault } from './scan.ts';
