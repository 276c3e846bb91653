import { useTranslation } from 'react-i18next';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { QrCode } from '#renderer/ui/QrCode.tsx';

/** What is compared: a name and its fingerprint. */
export interface Comparable {
  readonly name: string;
  readonly hex: string;
}

/** A fingerprint to be compared on another way: read aloud, or with a phone. */
export function FingerprintDialog({ name, hex, onClose }: Comparable & { readonly onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={name} onClose={onClose} footer={<Button onPress={onClose}>{t('common.close')}</Button>}>
      <p>{t('trust.compare.lead')}</p>
      <QrCode text={hex} label={t('trust.compare.code', { name })} />
      <Fingerprint hex={hex} />
    </Dialog>
  );
}
