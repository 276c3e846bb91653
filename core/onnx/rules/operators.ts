import type { Finding } from '#core/base/index.ts';
import { functionKey, type ModelView } from '../model-view.ts';
import { ALLOWED_OPERATORS, NEWEST_OPSETS } from '../operator-sets.ts';
import { allNodes } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Operators that load code or vendor blobs: refused in every domain, and as names of functions. */
const REFUSED: ReadonlySet<string> = new Set(['EPContext', 'PyOp', 'PythonOp', 'CustomOp', 'ATen']);

/** Each operator must be on the list of its domain, or a function that the model itself defines. */
export function* checkOperators(model: ModelView): Generator<Finding> {
  const local = new Set(model.functions.map((definition) => definition.key));
  for (const { node, path } of allNodes(model)) {
    const isLocal = local.size > 0 && local.has(functionKey(node.domain, node.opType, node.overload));
    if (isLocal && !REFUSED.has(node.opType)) continue;
    const allowed = ALLOWED_OPERATORS.get(node.domain);
    if (allowed?.has(node.opType) === true) continue;
    const isUnknown = allowed === undefined && !REFUSED.has(node.opType);
    const domain = node.domain === '' ? 'ai.onnx' : node.domain;
    yield onnxFinding(
      isUnknown ? 'ONNX_DOMAIN_UNKNOWN' : 'ONNX_OPERATOR_REFUSED',
      path,
      `It is ${domain}::${node.opType}.`,
    );
  }
}

/** An operator set that is newer than the lists may change what an operator does; one that cannot exist is a lie. */
export function* checkOperatorSets(model: ModelView): Generator<Finding> {
  const seen = new Set<string>();
  for (const { domain, version } of model.opsets) {
    const at = `opset_import ${domain === '' ? 'ai.onnx' : domain}`;
    if (seen.has(domain)) yield onnxFinding('ONNX_FIELD_REPEATED', at, 'Two operator sets of one domain.');
    seen.add(domain);
    const newest = NEWEST_OPSETS[domain];
    if (version <= 0) yield onnxFinding('ONNX_OPSET_UNKNOWN', at, `Its version is ${String(version)}.`);
    else if (newest !== undefined && version > newest)
      yield onnxFinding(
        'ONNX_OPSET_UNKNOWN',
        at,
        `Version ${String(version)} is newer than ${String(newest)}, the newest that this scanner knows.`,
        'warn',
      );
  }
}
