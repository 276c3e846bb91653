import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryView, RootView, UpdatePreview } from '#contracts/trust.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { wireErrorOf } from '#renderer/rpc/index.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { SelectField, TextField } from '#renderer/ui/fields.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { RequestException } from './RequestException.tsx';

interface UpdateDialogProps {
  readonly repository: RepositoryView | null;
  readonly onClose: () => void;
}

/** First the medium, then what it would change, then the confirmation. Two media are never chosen between by the program. */
export function UpdateDialog({ repository, onClose }: UpdateDialogProps) {
  const { t } = useTranslation();
  const [volumeId, setVolumeId] = useState('');
  const volumes = useStationQuery(['media', 'volumes'], (station) => station.media.volumes.query());
  const title = repository === null ? t('trust.repository.pin') : t('trust.repository.update');
  const [only] = volumes.data?.length === 1 ? volumes.data : [];
  const chosen = volumeId === '' ? (only?.id ?? '') : volumeId;
  const [isLooking, setLooking] = useState(false);
  if (isLooking && chosen !== '')
    return repository === null ? (
      <PinRoot volumeId={chosen} onClose={onClose} />
    ) : (
      <Preview volumeId={chosen} onClose={onClose} />
    );
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            blockedBy={chosen === '' ? t('trust.repository.chooseFirst') : null}
            onPress={() => setLooking(true)}
          >
            {t('trust.repository.look')}
          </Button>
        </>
      }
    >
      <p>{t('trust.repository.lead')}</p>
      <SelectField
        label={t('trust.repository.medium')}
        value={chosen}
        prompt={t('trust.repository.choose')}
        options={(volumes.data ?? []).map(({ id, label, serial }) => ({
          value: id,
          label: `${label} ${serial ?? ''}`,
        }))}
        onChange={setVolumeId}
      />
    </Dialog>
  );
}

interface MediumProps {
  readonly volumeId: string;
  readonly onClose: () => void;
}

function Preview({ volumeId, onClose }: MediumProps) {
  const { t } = useTranslation();
  const preview = useStationQuery(['trust', 'preview', volumeId], (station) =>
    station.trust.previewUpdate.query({ volumeId }),
  );
  const expired = preview.isError ? wireErrorOf(preview.error) : null;
  const digest = expired?.code === 'TUF_EXPIRED' ? expired.details['digest'] : undefined;
  const expires = expired?.details['expires'];
  if (preview.data !== undefined) return <ConfirmUpdate volumeId={volumeId} preview={preview.data} onClose={onClose} />;
  return (
    <Dialog
      title={t('trust.repository.update')}
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('common.close')}</Button>}
    >
      <QueryView query={preview}>{() => null}</QueryView>
      {typeof digest === 'string' && typeof expires === 'string' && (
        <RequestException timestampDigest={digest} expiredAt={Date.parse(expires)} onDone={onClose} />
      )}
    </Dialog>
  );
}

function ConfirmUpdate({ volumeId, preview, onClose }: MediumProps & { readonly preview: UpdatePreview }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const update = useStationAction((station, id: string) => station.trust.update.mutate({ volumeId: id }), ['trust']);
  const scopeName = t('trust.repository.root', { version: preview.root.version });
  const names = (keys: UpdatePreview['addedKeys']): string => keys.map((key) => key.name).join(', ');
  const lists = [
    { term: t('trust.repository.addedKeys'), value: names(preview.addedKeys) },
    { term: t('trust.repository.removedKeys'), value: names(preview.removedKeys) },
    { term: t('trust.repository.addedIdentities'), value: preview.addedIdentities.join(', ') },
    { term: t('trust.repository.removedIdentities'), value: preview.removedIdentities.join(', ') },
  ];
  return (
    <ConfirmScope
      title={t('trust.repository.confirm')}
      scopeName={scopeName}
      action={t('trust.repository.do')}
      danger={false}
      onConfirm={async () => {
        await update.mutateAsync(volumeId);
        show('good', t('trust.repository.done', { version: preview.root.version }));
      }}
      onClose={onClose}
    >
      <Definition
        rows={[
          {
            term: t('trust.repository.rootStep'),
            value: t('trust.change.versionStep', { from: preview.from.root, to: preview.root.version }),
          },
          { term: t('trust.repository.expires'), value: <Time at={preview.expires.timestamp} /> },
          {
            term: t('trust.repository.documents'),
            value:
              preview.documents.length === 0
                ? t('trust.repository.nothing')
                : preview.documents.map((one) => t('trust.repository.document', one)).join(', '),
          },
          ...lists.map(({ term, value }) => ({ term, value: value === '' ? t('trust.repository.nothing') : value })),
          {
            term: t('trust.repository.trustedRoot'),
            value: preview.trustedRootChanges ? t('trust.repository.replaced') : t('trust.repository.nothing'),
          },
        ]}
      />
    </ConfirmScope>
  );
}

function PinRoot({ volumeId, onClose }: MediumProps) {
  const { t } = useTranslation();
  const root = useStationQuery(['trust', 'root', volumeId], (station) => station.trust.readRoot.query({ volumeId }));
  if (root.data !== undefined) return <ConfirmRoot volumeId={volumeId} root={root.data} onClose={onClose} />;
  return (
    <Dialog
      title={t('trust.repository.pin')}
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('common.close')}</Button>}
    >
      <QueryView query={root}>{() => null}</QueryView>
    </Dialog>
  );
}

/** The fingerprint is typed or scanned from what the keyholders told, so that nobody confirms what the medium says about itself. */
function ConfirmRoot({ volumeId, root, onClose }: MediumProps & { readonly root: RootView }) {
  const { t } = useTranslation();
  const [fingerprint, setFingerprint] = useState('');
  const pin = useStationAction(
    (station, hex: string) => station.trust.pinRoot.mutate({ volumeId, fingerprint: hex }),
    ['trust'],
  );
  return (
    <ConfirmScope
      title={t('trust.repository.pin')}
      scopeName={t('trust.repository.root', { version: root.version })}
      action={t('trust.repository.pinDo')}
      onConfirm={() => pin.mutateAsync(fingerprint)}
      onClose={onClose}
    >
      <p>{t('trust.repository.pinLead', { threshold: root.threshold, count: root.keyIds.length })}</p>
      <Fingerprint hex={root.fingerprint} />
      <TextField
        label={t('trust.repository.told')}
        value={fingerprint}
        onChange={setFingerprint}
        maxLength={160}
        required
      />
    </ConfirmScope>
  );
}
