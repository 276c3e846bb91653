export { electronRpcPort, workerRpcPort, type ElectronPort, type WorkerPort } from './node-ports.ts';
export { servePort, type PortService } from './serve-port.ts';
export { createSocketRpc, type SocketRpc, type SocketService } from './serve-web-socket.ts';
