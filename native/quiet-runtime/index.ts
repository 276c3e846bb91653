export { keepOnnxRuntimeSilent } from './keep-silent.ts';
