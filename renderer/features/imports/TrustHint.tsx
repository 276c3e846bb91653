import { useTranslation } from 'react-i18next';
import type { Verdict } from '#contracts/verdict.ts';
import { useCopy } from '#renderer/display/Digest.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { LinkButton } from '#renderer/ui/LinkButton.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { foreignOriginOf } from './foreign-origin.ts';

/**
 * Where trust would be changed if the publisher says that this origin is right. It changes nothing and fills in nothing:
 * what a refused bundle states is only text to compare.
 */
export function TrustHint({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useTranslation();
  const origin = foreignOriginOf(verdict);
  if (origin === null) return null;
  const rows = [
    ...(origin.builder === undefined
      ? []
      : [{ term: t('imports.wizard.trustBuilder'), value: <Stated value={origin.builder} /> }]),
    ...(origin.source === undefined
      ? []
      : [{ term: t('imports.wizard.trustSource'), value: <Stated value={origin.source} /> }]),
  ];
  return (
    <Notice
      tone="info"
      title={t('imports.wizard.trustTitle')}
      actions={
        <LinkButton to="/trust" icon="key">
          {t('imports.wizard.toTrust')}
        </LinkButton>
      }
    >
      {origin.isSignerForeign && <p>{t('imports.wizard.trustSigner')}</p>}
      {rows.length > 0 && <Definition rows={rows} />}
      <p>{t('imports.wizard.trustLead')}</p>
    </Notice>
  );
}

function Stated({ value }: { readonly value: string | null }) {
  const { t } = useTranslation();
  const toClipboard = useCopy();
  if (value === null) return <span className="soft">{t('imports.wizard.trustNotStated')}</span>;
  return (
    <span className="stated">
      <code>{value}</code>
      <IconButton icon="copy" label={t('common.copyValue', { value })} onPress={() => toClipboard(value)} />
    </span>
  );
}
