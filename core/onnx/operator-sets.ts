/**
 * Operators by the operator set that brought them, as data. Sets up to 17 and `ai.onnx.ml` up to 3 agree with the schemas that the
 * onnx 1.12 package registers (name and first version of each; `Upsample` was experimental before 7). Later sets are from the
 * operator pages of the ONNX documentation and were not compared with a package; an operator that is missing here refuses a good
 * model and never lets a bad one pass.
 */
const BY_OPSET: Readonly<Record<number, string>> = {
  1: `Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat Constant Conv ConvTranspose DepthToSpace
    Div Dropout Elu Equal Exp Flatten Floor GRU Gather Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater HardSigmoid
    Hardmax Identity If InstanceNormalization LRN LSTM LeakyRelu Less Log LogSoftmax Loop LpNormalization LpPool MatMul Max
    MaxPool MaxRoiPool Mean Min Mul Neg Not Or PRelu Pad Pow RNN RandomNormal RandomNormalLike RandomUniform
    RandomUniformLike Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSum ReduceSumSquare Relu Reshape Selu Shape Sigmoid Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt
    Squeeze Sub Sum Tanh Tile TopK Transpose Unsqueeze Upsample Xor`,
  7: 'Acos Asin Atan Cos Multinomial Sin Tan',
  8: 'Expand Scan',
  9: `Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool MeanVarianceNormalization NonZero OneHot
    Scatter Shrink Sign Sinh TfIdfVectorizer Where`,
  10: `ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv QLinearMatMul QuantizeLinear Resize
    ReverseSequence RoiAlign StringNormalizer ThresholdedRelu`,
  11: `BitShift ConcatFromSequence CumSum Det DynamicQuantizeLinear GatherElements GatherND Range Round ScatterElements
    ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SplitToSequence Unique`,
  12: 'Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss',
  14: 'HardSwish Trilu',
  15: 'Bernoulli CastLike Optional OptionalGetElement OptionalHasElement',
  16: 'GridSample',
  17: 'BlackmanWindow DFT HammingWindow HannWindow LayerNormalization MelWeightMatrix STFT SequenceMap',
  18: 'BitwiseAnd BitwiseNot BitwiseOr BitwiseXor CenterCropPad Col2Im GroupNormalization Mish',
  19: 'DeformConv',
  20: 'AffineGrid Gelu ImageDecoder RegexFullMatch StringConcat StringSplit',
  23: 'Attention RMSNormalization RotaryEmbedding',
  24: 'Swish TensorScatter',
  26: 'BitCast CumProd',
};

/** The same for `ai.onnx.ml`: trees, linear models and encoders. */
const ML_BY_OPSET: Readonly<Record<number, string>> = {
  1: `ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder
    LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsembleClassifier
    TreeEnsembleRegressor ZipMap`,
  5: 'TreeEnsemble',
};

/** What ONNX Runtime's own quantiser and optimiser write into `com.microsoft`; the rest of that domain is not needed. */
const MICROSOFT = `Attention BiasGelu BiasSoftmax ConvTransposeWithDynamicPads DequantizeLinear DynamicQuantizeLSTM
  DynamicQuantizeMatMul EmbedLayerNormalization FastGelu FusedConv FusedGemm FusedMatMul Gelu GemmFloat8 GroupNorm
  GroupQueryAttention Inverse LayerNormalization MatMulInteger16 MatMulIntegerToFloat MatMulNBits MultiHeadAttention NhwcConv
  NhwcMaxPool Pad QAttention QEmbedLayerNormalization QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearConv
  QLinearGlobalAveragePool QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax QLinearWhere
  QuantizeLinear QuickGelu RotaryEmbedding SimplifiedLayerNormalization SkipLayerNormalization
  SkipSimplifiedLayerNormalization Trilu Unique`;

/** The newest operator set whose list is above, by domain (`''` is `ai.onnx`). */
export const NEWEST_OPSETS: Readonly<Record<string, number>> = { '': 26, 'ai.onnx.ml': 5 };

/** Operators that may stand in a model, by domain. They compute on tensors and do nothing else. */
export const ALLOWED_OPERATORS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['', namesIn(Object.values(BY_OPSET))],
  ['ai.onnx.ml', namesIn(Object.values(ML_BY_OPSET))],
  ['com.microsoft', namesIn([MICROSOFT])],
]);

function namesIn(lists: readonly string[]): Set<string> {
  return new Set(lists.flatMap((list) => list.split(/\s+/)));
}
