export { electronRpcPort, type ElectronPort } from './electron-port.ts';
export { servePort, type PortService } from './serve-port.ts';
export { createSocketRpc, type SocketRpc, type SocketService } from './serve-web-socket.ts';
