export { nodeHasher } from './node-hasher.ts';
