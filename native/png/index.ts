export { encodeGreyPng } from './encode-grey-png.ts';
