import { createServer } from 'node:net';
import { readNetwork, writeNetwork, type SiteNetwork, type SitePaths } from '#native/site-folder/index.ts';

/** IANA: 8883 is secure-mqtt; 8443 is the usual unprivileged HTTPS port. */
const USUAL_PORTS = { device: 8443, mqtt: 8883 } as const;

export interface NetworkWish {
  /** Address that devices reach this station under, and that it binds to. */
  readonly host?: string;
  readonly devicePort?: number;
  readonly mqttPort?: number;
}

/**
 * The addresses of a site's device ports. Chosen once and kept: devices pin them at enrolment. A port that is taken at the first
 * start gives way to a free one; later a taken port is an error, since moving would strand the fleet.
 */
export async function settleNetwork(paths: SitePaths, wish: NetworkWish): Promise<SiteNetwork> {
  const known = await readNetwork(paths);
  const host = wish.host ?? known?.host ?? '127.0.0.1';
  const network: SiteNetwork = {
    host,
    devicePort: wish.devicePort ?? known?.devicePort ?? (await freePort(host, USUAL_PORTS.device)),
    mqttPort: wish.mqttPort ?? known?.mqttPort ?? (await freePort(host, USUAL_PORTS.mqtt)),
  };
  if (JSON.stringify(network) !== JSON.stringify(known)) await writeNetwork(paths, network);
  return network;
}

async function freePort(host: string, usual: number): Promise<number> {
  return (await tryListen(host, usual)) ?? (await tryListen(host, 0)) ?? usual;
}

function tryListen(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ host, port }, () => {
      const address = server.address();
      const found = address !== null && typeof address === 'object' ? address.port : undefined;
      server.close(() => {
        resolve(found);
      });
    });
  });
}
