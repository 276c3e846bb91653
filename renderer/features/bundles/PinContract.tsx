import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelContract } from '#contracts/bundle.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useMay } from '#renderer/query/use-person.ts';
import { useStationAction, useStationQuery } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextField } from '#renderer/ui/fields.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';

type Request = Parameters<Station['trust']['setLineContract']['mutate']>[0];

/** Whether an administrator said what the lines give this model, and the way to say that it is what this bundle takes. */
export function PinContract({ model, contract }: { readonly model: string; readonly contract: ModelContract }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const may = useMay('trust.change');
  const trust = useStationQuery(['trust', 'all'], (station) => station.trust.get.query());
  if (trust.data === undefined) return null;
  const { policy } = trust.data;
  const isPinned = policy.lineContracts[model] !== undefined;
  return (
    <div className="row">
      <span className="soft small">{t(isPinned ? 'bundles.line.pinned' : 'bundles.line.newest')}</span>
      {may && <Button onPress={() => setOpen(true)}>{t('bundles.line.open')}</Button>}
      {isOpen && (
        <PinDialog
          request={{
            model,
            contract: { inputs: contract.inputs, preprocessing: contract.preprocessing },
            reason: '',
            expectedVersion: policy.version,
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

function PinDialog({ request, onClose }: { readonly request: Request; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [reason, setReason] = useState('');
  const pin = useStationAction((station, wanted: Request) => station.trust.setLineContract.mutate(wanted), ['trust']);
  const submit = (): void =>
    pin.mutate(
      { ...request, reason: reason.trim() },
      {
        onSuccess: ({ version }) => {
          show('good', t('bundles.line.done', { model: request.model, version }));
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={t('bundles.line.title', { model: request.model })}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            busy={pin.isPending}
            blockedBy={reason.trim() === '' ? t('bundles.line.needsReason') : null}
            onPress={submit}
          >
            {t('bundles.line.do')}
          </Button>
        </>
      }
    >
      <p>{t('bundles.line.facts')}</p>
      <TextField label={t('bundles.line.reason')} value={reason} onChange={setReason} maxLength={500} required />
      <ActionError error={pin.error} />
    </Dialog>
  );
}
