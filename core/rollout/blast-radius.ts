/** Where a device stands in the plant. */
export interface DevicePlace {
  readonly id: string;
  readonly line: string;
  readonly cell: string;
  readonly redundancyGroup: string | null;
  readonly safety: boolean;
}

/**
 * Whether `device` may change while `inFlight` do: never two devices of a redundant pair, never two cells of a line at once.
 * (Devices of one cell change together or not, as the cell is one machine to the line.)
 */
export function mayChangeBeside(device: DevicePlace, inFlight: readonly DevicePlace[]): boolean {
  return inFlight.every((other) => {
    const isPair = device.redundancyGroup !== null && device.redundancyGroup === other.redundancyGroup;
    const isOtherCell = device.line === other.line && device.cell !== other.cell;
    return !isPair && !isOtherCell;
  });
}
