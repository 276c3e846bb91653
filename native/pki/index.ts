export { ensureServerCredentials, machineNames, openOrCreateSiteCa, writeRevocationList, type PkiFolder, type ServerCredentials } from './files.ts';
export { deviceUri, parseCertificate, type SiteCa } from './site-ca.ts';
export { VALIDITY_DAYS } from './issue.ts';
export { createDeviceRequest, type DeviceRequest } from './device-request.ts';
