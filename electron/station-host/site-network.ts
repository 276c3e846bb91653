import { createServer } from 'node:net';
import { readNetwork, writeNetwork, type SiteNetwork, type SitePaths } from '#native/site-folder/index.ts';

/** IANA: 8883 is secure-mqtt; 8443 is the usual unprivileged HTTPS port. */
const USUAL_PORTS = { device: 8443, mqtt: 8883 } as const;

export interface NetworkWish {
  /** `closed` opens no port and drives no rollout: for a command that only reads or writes the site's own records. */
  readonly devices?: 'open' | 'closed';
  /** Address that devices reach this station under, and that it binds to. */
  readonly host?: string;
  /** 0 takes any free port, for a site that no real gateway will ever pin. */
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
    devicePort: await settlePort(host, {
      wished: wish.devicePort,
      known: known?.devicePort,
      usual: USUAL_PORTS.device,
    }),
    mqttPort: await settlePort(host, { wished: wish.mqttPort, known: known?.mqttPort, usual: USUAL_PORTS.mqtt }),
  };
  if (JSON.stringify(network) !== JSON.stringify(known)) await writeNetwork(paths, network);
  return network;
}

interface PortChoice {
  readonly wished: number | undefined;
  readonly known: number | undefined;
  readonly usual: number;
}

async function settlePort(host: string, { wished, known, usual }: PortChoice): Promise<number> {
  if (wished !== undefined && wished !== 0) return wished;
  if (known !== undefined) return known;
  const first = wished === 0 ? undefined : await tryListen(host, usual);
  return first ?? (await tryListen(host, 0)) ?? usual;
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
