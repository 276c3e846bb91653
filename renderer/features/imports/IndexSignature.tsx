import { useTranslation } from 'react-i18next';
import type { IndexSignatureView } from '#contracts/media.ts';
import { Status } from '#renderer/display/Status.tsx';
import type { Tone } from '#renderer/display/status-marks.ts';
import type { IconName } from '#renderer/ui/icons.ts';

const MARKS: Readonly<Record<IndexSignatureView['at'], { tone: Tone; icon: IconName }>> = {
  none: { tone: 'n', icon: 'info' },
  unsigned: { tone: 'warn', icon: 'warning' },
  unchecked: { tone: 'warn', icon: 'warning' },
  trusted: { tone: 'ok', icon: 'success' },
  'unknown-signer': { tone: 'warn', icon: 'warning' },
  invalid: { tone: 'bad', icon: 'error' },
};

/** Who vouches for the list of parts. It says nothing about the bundle: that has signatures of its own. */
export function IndexSignature({ signature }: { readonly signature: IndexSignatureView }) {
  const { t } = useTranslation();
  const signer = signature.at === 'trusted' ? signature.name : signature.at === 'unknown-signer' ? signature.hint : '';
  return <Status {...MARKS[signature.at]} text={t(`imports.signature.${signature.at}`, { signer })} />;
}
