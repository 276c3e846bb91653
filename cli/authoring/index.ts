export { adoptFolder, type AdoptedFolder } from './adopt-folder.ts';
export { createLayout, type CreatedLayout } from './create-layout.ts';
export { attestLayout, signLayout, type SignedLayout, type SigningRequest } from './sign-layout.ts';
