export { createHttpsClient, type HttpsClient, type HttpsResponse, type TlsIdentity } from './https-client.ts';
export { createRegistryClient, type RegistryClient } from './registry-client.ts';
