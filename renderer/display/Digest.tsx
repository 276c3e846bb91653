import { useTranslation } from 'react-i18next';
import { fingerprintGroups, isDigestText, shortId } from '#renderer/format/identifiers.ts';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

/** Puts text on the clipboard and says so; without a clipboard (plain HTTP on a LAN) it says that instead. */
export function useCopy(): (text: string) => void {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  return (text) => {
    void copyText(text).then((copied) =>
      show(copied ? 'good' : 'warn', copied ? t('common.copied') : t('common.copyRefused')),
    );
  };
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Every refusal (no permission, no secure context) means the same to the person: copy by hand.
    return false;
  }
}

/** A digest or long id: short on screen, whole in the tooltip and on the clipboard. */
export function Digest({ value, copy = true }: { readonly value: string; readonly copy?: boolean }) {
  const { t } = useTranslation();
  const toClipboard = useCopy();
  const short = isDigestText(value) ? `${shortId(value)}…` : value;
  return (
    <span className="digest">
      <code title={value}>{short}</code>
      {copy && (
        <IconButton icon="copy" label={t('common.copyValue', { value: short })} onPress={() => toClipboard(value)} />
      )}
    </span>
  );
}

/** A key fingerprint in groups of four, whole: it is compared by eye or read out. */
export function Fingerprint({ hex }: { readonly hex: string }) {
  const { t } = useTranslation();
  const toClipboard = useCopy();
  return (
    <span className="fingerprint-row">
      <span className="fingerprint">{fingerprintGroups(hex).join(' ')}</span>
      <IconButton icon="copy" label={t('common.copyFingerprint')} onPress={() => toClipboard(hex)} />
    </span>
  );
}
