export { isPermitted } from './permissions.ts';
