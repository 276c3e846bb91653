import { describe, expect, it } from 'vitest';
import { keepOnnxRuntimeSilent } from '#native/quiet-runtime/index.ts';

describe('keepOnnxRuntimeSilent', () => {
  it('sets what ONNX Runtime asks for before it reports to its maker, whatever stood there', () => {
    const env: NodeJS.ProcessEnv = { ORT_DISABLE_TELEMETRY: '0' };

    keepOnnxRuntimeSilent(env);

    expect(env).toEqual({ ORT_DISABLE_TELEMETRY: '1', ORT_TELEMETRY_DISABLED: '1' });
  });
});
