import { useTranslation } from 'react-i18next';
import type { DeviceView } from '#contracts/device.ts';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useStationNow } from '#renderer/query/use-station-clock.ts';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition, Panel } from '#renderer/ui/structure.tsx';

const SOON_MS = 14 * 86_400_000;

/** The certificate that lets this gateway in. */
export function CertificatePanel({ certificate }: { readonly certificate: DeviceView['certificate'] }) {
  const { t } = useTranslation();
  const now = useStationNow();
  return (
    <Panel title={t('device.certificate')}>
      <Definition
        rows={[
          { term: t('device.certSerial'), value: <code>{certificate.serial}</code> },
          { term: t('device.certFrom'), value: <Time at={certificate.notBefore} /> },
          { term: t('device.certTo'), value: <Time at={certificate.notAfter} /> },
          {
            term: t('device.certFingerprint'),
            value: <Fingerprint hex={certificate.fingerprint.replace(/^sha256:/, '')} />,
          },
        ]}
      />
      {certificate.notAfter - now < SOON_MS && <Notice tone="warn">{t('device.certSoon')}</Notice>}
    </Panel>
  );
}
