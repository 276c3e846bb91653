export { createHashThreads, type HashThreads } from './hash-threads.ts';
