import type { Finding } from '#core/base/index.ts';
import { ONNX_LIMITS } from '../limits.ts';
import type { ModelView } from '../model-view.ts';
import { allGraphs, allNodes } from '../walk.ts';
import { onnxFinding } from './finding.ts';

/** Counts of what the file describes. */
export interface ModelCounts {
  readonly nodes: number;
  readonly initialisers: number;
  readonly functions: number;
}

export function countParts(model: ModelView): ModelCounts {
  let nodes = 0;
  for (const _ of allNodes(model)) nodes += 1;
  let initialisers = 0;
  for (const graph of allGraphs(model)) initialisers += graph.initialisers.length;
  return { nodes, initialisers, functions: model.functions.length };
}

export function checkSize(counts: ModelCounts): Finding[] {
  return (['nodes', 'initialisers', 'functions'] as const).flatMap((part) =>
    counts[part] > ONNX_LIMITS[part]
      ? [onnxFinding('ONNX_TOO_LARGE', part, `${String(counts[part])} ${part}, ${String(ONNX_LIMITS[part])} allowed.`)]
      : [],
  );
}
