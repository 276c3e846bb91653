import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KnownBadPreview } from '#contracts/known-bad.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { SelectField } from '#renderer/ui/fields.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { NamedBundles } from './NamedBundles.tsx';

/** First the medium, then what its list would change, then the confirmation. Two media are never chosen between by the program. */
export function KnownBadDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [volumeId, setVolumeId] = useState('');
  const [isLooking, setLooking] = useState(false);
  const volumes = useStationQuery(['media', 'volumes'], (station) => station.media.volumes.query());
  const [only] = volumes.data?.length === 1 ? volumes.data : [];
  const chosen = volumeId === '' ? (only?.id ?? '') : volumeId;
  if (isLooking && chosen !== '') return <Look volumeId={chosen} onClose={onClose} />;
  return (
    <Dialog
      title={t('bundles.knownBad.bring')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            blockedBy={chosen === '' ? t('bundles.knownBad.chooseFirst') : null}
            onPress={() => setLooking(true)}
          >
            {t('bundles.knownBad.look')}
          </Button>
        </>
      }
    >
      <p>{t('bundles.knownBad.lead')}</p>
      <SelectField
        label={t('bundles.knownBad.medium')}
        value={chosen}
        prompt={t('bundles.knownBad.choose')}
        options={(volumes.data ?? []).map(({ id, label, serial }) => ({
          value: id,
          label: `${label} ${serial ?? ''}`,
        }))}
        onChange={setVolumeId}
      />
    </Dialog>
  );
}

interface LookProps {
  readonly volumeId: string;
  readonly onClose: () => void;
}

function Look({ volumeId, onClose }: LookProps) {
  const { t } = useTranslation();
  const found = useStationQuery(['trust', 'known-bad', volumeId], (station) =>
    station.knownBad.onMedium.query({ volumeId }),
  );
  if (found.data !== undefined && found.data !== null)
    return <Confirm volumeId={volumeId} preview={found.data} onClose={onClose} />;
  return (
    <Dialog
      title={t('bundles.knownBad.bring')}
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('common.close')}</Button>}
    >
      <QueryView query={found}>{() => <p>{t('bundles.knownBad.notThere')}</p>}</QueryView>
    </Dialog>
  );
}

function Confirm({ volumeId, preview, onClose }: LookProps & { readonly preview: KnownBadPreview }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const { version, inForce, sha256 } = preview;
  const bring = useStationAction(
    (station, seen: string) => station.knownBad.bring.mutate({ volumeId, sha256: seen }),
    ['trust', 'bundles', 'rollouts'],
  );
  return (
    <ConfirmScope
      title={t('bundles.knownBad.confirm')}
      scopeName={t('bundles.knownBad.list', { version })}
      action={t('bundles.knownBad.do')}
      danger={false}
      onConfirm={async () => {
        await bring.mutateAsync(sha256);
        show('good', t('bundles.knownBad.done', { version }));
      }}
      onClose={onClose}
    >
      <Definition
        rows={[
          {
            term: t('bundles.knownBad.version'),
            value: t('bundles.knownBad.step', { from: inForce ?? t('common.none'), to: version }),
          },
          { term: t('bundles.knownBad.issued'), value: <Time at={preview.issuedAt} /> },
          { term: t('bundles.knownBad.entries'), value: String(preview.entries) },
          { term: t('bundles.knownBad.signer'), value: preview.signer },
          { term: t('bundles.knownBad.key'), value: <Fingerprint hex={preview.keyId} /> },
        ]}
      />
      <NamedBundles bundles={preview.bundles} />
    </ConfirmScope>
  );
}
