import { useTranslation } from 'react-i18next';
import type { FallbackEvidence } from '#contracts/device.ts';
import { Findings } from '#renderer/display/Findings.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition } from '#renderer/ui/structure.tsx';

/** Why the gateway went back by itself, with what it saw. */
export function FallbackPanel({ evidence }: { readonly evidence: FallbackEvidence }) {
  const { t } = useTranslation();
  return (
    <Notice tone="warn" title={t('device.fallback')}>
      <p>{t('device.fallbackLead')}</p>
      <Definition
        rows={[
          { term: t('device.fallbackModel'), value: `${evidence.model.repository} ${evidence.model.version}` },
          { term: t('device.fallbackAt'), value: <Time at={evidence.at} /> },
          {
            term: t('device.reason'),
            value: (
              <>
                {evidence.message} <code>{evidence.code}</code>
              </>
            ),
          },
        ]}
      />
      {evidence.findings.length > 0 && <Findings findings={evidence.findings} />}
      {evidence.log !== '' && (
        <details>
          <summary>{t('device.fallbackLog')}</summary>
          <pre>{evidence.log}</pre>
        </details>
      )}
    </Notice>
  );
}
