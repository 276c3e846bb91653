import { KIB, MIB } from '#core/base/index.ts';

/** What a model may cost before any library sees it. The largest public vision models stay a hundred times below. */
export const ONNX_LIMITS = {
  /** The C++ library stops at 100 messages inside each other. */
  depth: 100,
  fields: 400_000,
  keptBytes: 96 * MIB,
  nodes: 100_000,
  initialisers: 100_000,
  functions: 4096,
  /** Nodes after every function call is written out. */
  expandedNodes: 1_000_000,
  nameBytes: 4 * KIB,
  rank: 64,
  /** Elements of one tensor that the file describes or asks a runtime to make: 2 GiB as bytes. */
  elements: 2 ** 31,
  /** Rounds of a loop whose end does not depend on data. */
  loopRounds: 10_000_000,
  /** Findings of one scan; a file with more says nothing new. Warnings never push out what refuses. */
  findings: 100,
  warnings: 20,
} as const;
