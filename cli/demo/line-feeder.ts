import { setTimeout as delay } from 'node:timers/promises';

/** One input of the line: the tensors that a camera or a controller would hand to the gateway. */
export interface Frame {
  readonly model: string;
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly datatype: 'FP32';
    readonly values: Float32Array;
  }[];
}

/** A request that takes this long is a lost part, not a slow one. */
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Plays a line: sends every gateway one frame after the other at a steady pace (Open Inference Protocol v2, binary tensors),
 * until the signal aborts. A gateway that is away is tried again; the line does not stop for it.
 */
export async function feedLine(options: {
  servingUrls: () => readonly string[];
  frames: readonly Frame[];
  paceMs: number;
  signal: AbortSignal;
}): Promise<void> {
  const bodies = options.frames.map(binaryRequest);
  for (let at = 0; !options.signal.aborted; at += 1) {
    const body = bodies[at % bodies.length];
    if (body === undefined) return;
    const round = delay(options.paceMs, undefined, { signal: options.signal }).catch(() => undefined);
    await Promise.all(options.servingUrls().map((url) => sendFrame(url, body, options.signal)));
    await round;
  }
}

interface EncodedFrame {
  readonly path: string;
  readonly headerLength: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The binary tensor data extension: JSON header, then the raw little-endian tensors. */
function binaryRequest(frame: Frame): EncodedFrame {
  const header = Buffer.from(
    JSON.stringify({
      inputs: frame.inputs.map(({ name, shape, datatype, values }) => ({
        name,
        shape,
        datatype,
        parameters: { binary_data_size: values.byteLength },
      })),
      parameters: { binary_data_output: true },
    }),
  );
  const tensors = frame.inputs.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  return {
    path: `/v2/models/${encodeURIComponent(frame.model)}/infer`,
    headerLength: header.length,
    body: new Uint8Array(Buffer.concat([header, ...tensors])),
  };
}

async function sendFrame(url: string, frame: EncodedFrame, signal: AbortSignal): Promise<void> {
  try {
    const response = await fetch(new URL(frame.path, url), {
      method: 'POST',
      body: frame.body,
      headers: {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(frame.headerLength),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
  } catch {
    // A gateway that swaps, restarts or is not up yet refuses a frame; the gates judge that from its own counters.
  }
}
