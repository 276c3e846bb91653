import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { CERTIFICATE_FIELDS, type NewIdentity } from './identity-draft.ts';

interface ConfirmIdentityProps {
  readonly identity: NewIdentity;
  readonly replaces: boolean;
  readonly policy: VerificationPolicy;
  readonly version: number;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** What the identity allows, and what it leaves open. Cancel goes back to the form. */
export function ConfirmIdentity({ identity, replaces, policy, version, onBack, onClose }: ConfirmIdentityProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const trust = useStationAction(
    (station, input: NewIdentity) => station.trust.trustIdentity.mutate({ ...input, expectedVersion: version }),
    ['trust'],
  );
  const list = (channels: readonly ('production' | 'staging')[]): string =>
    channels.map((channel) => t(`bundles.channel.${channel}`)).join(', ');
  const keyOnly = identity.channels.filter((channel) => policy.channels[channel].material === 'key');
  const open = CERTIFICATE_FIELDS.filter((field) => identity.extensions[field] === undefined);
  const isDone = useRef(false);
  return (
    <ConfirmScope
      title={t('trust.identity.confirmTitle', { name: identity.name })}
      scopeName={identity.name}
      action={t('trust.identity.do')}
      danger={false}
      onConfirm={async () => {
        await trust.mutateAsync(identity);
        isDone.current = true;
        show('good', t('trust.added', { name: identity.name }));
      }}
      onClose={() => (isDone.current ? onClose() : onBack())}
    >
      <p>{t('trust.identity.allows', { channels: list(identity.channels) })}</p>
      <Definition
        rows={[
          { term: t('trust.identity.subject'), value: <code className="breaks">{identity.subject}</code> },
          { term: t('trust.identity.issuer'), value: <code className="breaks">{identity.issuer}</code> },
          ...CERTIFICATE_FIELDS.flatMap((field) => {
            const value = identity.extensions[field];
            return value === undefined
              ? []
              : [{ term: t(`trust.identity.field.${field}`), value: <code className="breaks">{value}</code> }];
          }),
        ]}
      />
      {open.length > 0 && (
        <p className="soft">
          {t('trust.identity.open', { fields: open.map((field) => t(`trust.identity.field.${field}`)).join(', ') })}
        </p>
      )}
      {replaces && <Notice tone="warn" title={t('trust.identity.replaces', { name: identity.name })} />}
      {keyOnly.length > 0 && <Notice tone="info" title={t('trust.identity.keyOnly', { channels: list(keyOnly) })} />}
    </ConfirmScope>
  );
}
