/** The signature itself, by the name that the tools of OpenSSF Model Signing give it. */
export const MODEL_SIGNATURE_FILE = 'model.sig';

/** Left out by every tool of OpenSSF Model Signing, whether the signature says so or not. */
const ALWAYS = ['.git', '.gitattributes', '.github', '.gitignore', MODEL_SIGNATURE_FILE] as const;

/**
 * Whether a path of a folder is outside its signature: an ignored path, or below one. What is ignored is never taken over,
 * so that nobody has to trust it.
 */
export function isIgnoredPath(path: string, ignored: readonly string[]): boolean {
  return [...ALWAYS, ...ignored.map((one) => one.replace(/\/$/, ''))].some(
    (one) => path === one || path.startsWith(`${one}/`),
  );
}
