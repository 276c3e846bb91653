import type { DeviceView } from '#contracts/device.ts';
import { AppError } from '#core/base/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { hexOf } from './digests.ts';
import type { World } from './world.ts';

/** Gateways that are only described: codes and revocation work, questions to them do not. */
export function createFleet(world: World): StationServices['fleet'] {
  const require = (id: string): DeviceView => {
    const device = world.devices.get(id);
    if (device === undefined) throw new AppError('DEVICE_UNKNOWN', `no device ${id}`, { id });
    return device;
  };
  const noDevices = () =>
    Promise.reject(new AppError('DEVICE_UNREACHABLE', 'the interface station has no devices', {}));
  return {
    list: () => [...world.devices.values()],
    get: require,
    createCode(input, by) {
      const code = `K7QM-4XTD-9RWP-2HVN.${hexOf('site ca').slice(0, 32)}`;
      world.record(by, { stream: 'fleet', type: 'fleet.code-created', subject: input.name });
      return {
        codeId: world.ids.next(),
        code,
        name: input.name,
        line: input.line,
        expiresAt: world.clock.now() + input.validMinutes * 60_000,
        stationUrl: 'https://station.north-plant:8443',
        command: `gantry agent enrol --station https://station.north-plant:8443 --code ${code} --dir /var/lib/gantry`,
      };
    },
    enrol: noDevices,
    revoke(deviceId, reason, by) {
      require(deviceId);
      world.devices.delete(deviceId);
      world.record(by, { stream: 'device', type: 'device.revoked', subject: deviceId, payload: { reason } });
      return Promise.resolve();
    },
    desire: noDevices,
    ask: noDevices,
    onNews: () => () => undefined,
  };
}
