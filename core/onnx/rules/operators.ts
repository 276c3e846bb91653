import type { Finding } from '#core/base/index.ts';
import { functionKey, type ModelView } from '../model-view.ts';
import { allNodes } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Operators that load code or vendor blobs: refused in every domain. */
const REFUSED: readonly string[] = ['EPContext', 'PyOp', 'PythonOp', 'CustomOp'];

/** Domains whose operators compute on tensors and do nothing else. */
const DOMAINS: readonly string[] = ['', 'ai.onnx.ml'];

/** Operators that ONNX Runtime's own quantiser and optimiser write; the rest of its domain is not needed and not allowed. */
const MICROSOFT: ReadonlySet<string> = new Set([
  'Attention',
  'BiasGelu',
  'BiasSoftmax',
  'ConvTransposeWithDynamicPads',
  'DequantizeLinear',
  'DynamicQuantizeLSTM',
  'DynamicQuantizeMatMul',
  'EmbedLayerNormalization',
  'FastGelu',
  'FusedConv',
  'FusedGemm',
  'FusedMatMul',
  'Gelu',
  'GemmFloat8',
  'GroupNorm',
  'GroupQueryAttention',
  'Inverse',
  'LayerNormalization',
  'MatMulInteger16',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'MultiHeadAttention',
  'NhwcConv',
  'NhwcMaxPool',
  'Pad',
  'QAttention',
  'QEmbedLayerNormalization',
  'QGemm',
  'QLinearAdd',
  'QLinearAveragePool',
  'QLinearConcat',
  'QLinearConv',
  'QLinearGlobalAveragePool',
  'QLinearLeakyRelu',
  'QLinearMul',
  'QLinearReduceMean',
  'QLinearSigmoid',
  'QLinearSoftmax',
  'QLinearWhere',
  'QuantizeLinear',
  'QuickGelu',
  'RotaryEmbedding',
  'SimplifiedLayerNormalization',
  'SkipLayerNormalization',
  'SkipSimplifiedLayerNormalization',
  'Trilu',
  'Unique',
]);

/** Each operator must be standard, allowed by name, or a function that the model itself defines. */
export function checkOperators(model: ModelView): Finding[] {
  const local = new Set(model.functions.map((definition) => definition.key));
  const findings: Finding[] = [];
  for (const { node, path } of allNodes(model)) {
    const name = `${node.domain}::${node.opType}`;
    if (REFUSED.includes(node.opType)) findings.push(onnxFinding('ONNX_OPERATOR_REFUSED', path, `It is ${name}.`));
    else if (DOMAINS.includes(node.domain) || local.has(functionKey(node.domain, node.opType, node.overload))) continue;
    else if (node.domain === 'com.microsoft') {
      if (!MICROSOFT.has(node.opType)) findings.push(onnxFinding('ONNX_OPERATOR_REFUSED', path, `It is ${name}.`));
    } else findings.push(onnxFinding('ONNX_DOMAIN_UNKNOWN', path, `It is ${name}.`));
  }
  return findings;
}
