import type { FieldRule, MessageShape } from '#core/protobuf/index.ts';
import { ONNX_LIMITS } from './limits.ts';

/** The messages of onnx.proto (ONNX IR 13) that the scanner looks into, by field number. */
const text: FieldRule = { read: 'text', keep: ONNX_LIMITS.nameBytes };
const scalar: FieldRule = { read: 'varints', keep: 1 };
const message = (of: () => MessageShape): FieldRule => ({ read: 'message', of });

const STRING_PAIR: MessageShape = { name: 'StringStringEntry', fields: { 1: text, 2: text } };

const TENSOR: MessageShape = {
  name: 'Tensor',
  fields: {
    1: { read: 'varints', keep: ONNX_LIMITS.rank + 1 },
    2: scalar,
    4: { read: 'fixed', width: 4 },
    5: { read: 'varints', keep: ONNX_LIMITS.rank + 1 },
    6: { read: 'bytes', keep: 0 },
    7: { read: 'varints', keep: ONNX_LIMITS.rank + 1 },
    8: text,
    9: { read: 'bytes', keep: 8 * (ONNX_LIMITS.rank + 1) },
    10: { read: 'fixed', width: 8 },
    11: { read: 'varints', keep: ONNX_LIMITS.rank + 1 },
    13: message(() => STRING_PAIR),
    14: scalar,
  },
};

const SPARSE_TENSOR: MessageShape = {
  name: 'SparseTensor',
  fields: { 1: message(() => TENSOR), 2: message(() => TENSOR), 3: { read: 'varints', keep: ONNX_LIMITS.rank + 1 } },
};

const DIMENSION: MessageShape = { name: 'Dimension', fields: { 1: scalar, 2: text } };
const TENSOR_SHAPE: MessageShape = { name: 'TensorShape', fields: { 1: message(() => DIMENSION) } };
const TENSOR_TYPE: MessageShape = { name: 'TensorType', fields: { 1: scalar, 2: message(() => TENSOR_SHAPE) } };
const TYPE: MessageShape = { name: 'Type', fields: { 1: message(() => TENSOR_TYPE) } };
const VALUE_INFO: MessageShape = { name: 'ValueInfo', fields: { 1: text, 2: message(() => TYPE) } };

const ATTRIBUTE: MessageShape = {
  name: 'Attribute',
  fields: {
    1: text,
    3: scalar,
    4: { read: 'bytes', keep: 0 },
    5: message(() => TENSOR),
    6: message(() => GRAPH),
    8: { read: 'varints', keep: ONNX_LIMITS.rank + 1 },
    10: message(() => TENSOR),
    11: message(() => GRAPH),
    20: scalar,
    21: text,
    22: message(() => SPARSE_TENSOR),
    23: message(() => SPARSE_TENSOR),
  },
};

const NODE: MessageShape = {
  name: 'Node',
  fields: { 1: text, 2: text, 3: text, 4: text, 5: message(() => ATTRIBUTE), 7: text, 8: text },
};

const GRAPH: MessageShape = {
  name: 'Graph',
  fields: {
    1: message(() => NODE),
    2: text,
    5: message(() => TENSOR),
    11: message(() => VALUE_INFO),
    12: message(() => VALUE_INFO),
    15: message(() => SPARSE_TENSOR),
  },
};

const OPSET: MessageShape = { name: 'OperatorSet', fields: { 1: text, 2: scalar } };
const FUNCTION: MessageShape = {
  name: 'Function',
  fields: {
    1: text,
    4: text,
    5: text,
    7: message(() => NODE),
    9: message(() => OPSET),
    10: text,
    11: message(() => ATTRIBUTE),
    13: text,
  },
};
const TRAINING: MessageShape = { name: 'TrainingInfo', fields: { 1: message(() => GRAPH), 2: message(() => GRAPH) } };

export const MODEL: MessageShape = {
  name: 'Model',
  fields: {
    1: scalar,
    2: text,
    7: message(() => GRAPH),
    8: message(() => OPSET),
    20: message(() => TRAINING),
    25: message(() => FUNCTION),
  },
};

/** Fields that onnx.proto declares once. Given twice, readers merge them or take the last: nobody honest writes that. */
export const SINGLE_FIELDS: Readonly<Record<string, readonly number[]>> = {
  Model: [1, 2, 7],
  Graph: [2],
  Node: [3, 4, 7, 8],
  Attribute: [1, 3, 4, 5, 6, 20, 21, 22],
  Tensor: [2, 8, 9, 14],
  SparseTensor: [1, 2],
  Function: [1, 10, 13],
  ValueInfo: [1, 2],
  Type: [1],
  TensorType: [1, 2],
  Dimension: [1, 2],
  StringStringEntry: [1, 2],
};
