export { connectDevice, type DeviceConnection, type DeviceConnectionOptions } from './connect-device.ts';
