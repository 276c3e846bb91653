import { useTranslation } from 'react-i18next';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { useToasts } from '#renderer/ui/toasts.tsx';

/** A key or identity that shall not be trusted any more. */
export type Removal =
  | { readonly kind: 'key'; readonly keyId: string; readonly name: string }
  | { readonly kind: 'identity'; readonly name: string };

interface RemoveDialogProps {
  readonly removal: Removal;
  /** The trust that the person saw. */
  readonly version: number;
  readonly onClose: () => void;
}

/** Says what goes on and what ends, and asks for a reason that stays on record. */
export function RemoveDialog({ removal, version, onClose }: RemoveDialogProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const remove = useStationAction(
    async (station, reason: string) => {
      if (removal.kind === 'key')
        await station.trust.removeKey.mutate({ keyId: removal.keyId, reason, expectedVersion: version });
      else await station.trust.removeIdentity.mutate({ name: removal.name, reason, expectedVersion: version });
    },
    ['trust'],
  );
  return (
    <ConfirmScope
      title={t('trust.remove.title', { name: removal.name })}
      scopeName={removal.name}
      action={t('trust.remove.do')}
      reason="required"
      onConfirm={async (reason) => {
        await remove.mutateAsync(reason);
        show('good', t('trust.remove.done', { name: removal.name }));
      }}
      onClose={onClose}
    >
      <ul>
        <li>{t('trust.remove.imports')}</li>
        <li>{t('trust.remove.serving')}</li>
        <li>{t('trust.remove.gateways')}</li>
      </ul>
    </ConfirmScope>
  );
}
