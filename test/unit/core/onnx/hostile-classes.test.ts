import { describe, expect, it } from 'vitest';
import { scanOnnx } from '#test/support/scan-onnx.ts';
import { hostileModels } from '#test/support/hostile-models.ts';

const SIGNED = new Map([['weights.bin', 64]]);

describe('the ONNX scanner', () => {
  it.each(hostileModels())('refuses $name by $rule', ({ bytes, rule }) => {
    const scan = scanOnnx(bytes, SIGNED);

    const blocking = scan.findings.filter((finding) => finding.severity === 'block');
    expect(blocking.map((finding) => finding.code)).toContain(rule);
    expect(blocking.every((finding) => finding.message.length > 0 && finding.at.length <= 300)).toBe(true);
  });

  it('has no two classes of one name', () => {
    const names = hostileModels().map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});
