export { startDevicePort, type DevicePort, type DevicePortOptions } from './start-device-port.ts';
export { startPlainMirror, type PlainMirror } from './start-plain-mirror.ts';
