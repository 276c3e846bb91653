import { AppError } from '#core/base/index.ts';

/** The one refusal of this feature: the bytes are not one whole tensor. */
export function malformed(message: string): AppError {
  return new AppError('ONNX_MALFORMED', `golden vector: ${message}`);
}
