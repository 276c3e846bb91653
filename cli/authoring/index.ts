export { createLayout, createSignedLayout, type CreatedLayout } from './create-layout.ts';
export { readSpec, type SpecOnDisk } from './read-spec.ts';
export { attestLayout, signLayout, type SignedLayout, type SigningRequest } from './sign-layout.ts';
