import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { CheckField, TextField } from '#renderer/ui/fields.tsx';
import { CHANNELS } from './channels.ts';
import { ConfirmIdentity } from './ConfirmIdentity.tsx';
import {
  CERTIFICATE_FIELDS,
  EMPTY_IDENTITY,
  identityOf,
  identityProblem,
  type IdentityDraft,
} from './identity-draft.ts';

interface TrustIdentityDialogProps {
  readonly policy: VerificationPolicy;
  /** Names that are taken: the same one again replaces the identity. */
  readonly known: readonly string[];
  /** The trust that the person saw. */
  readonly version: number;
  readonly onClose: () => void;
}

/** Everything that a certificate must state, letter by letter; then what that allows; then the confirmation. */
export function TrustIdentityDialog({ policy, known, version, onClose }: TrustIdentityDialogProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<IdentityDraft>(EMPTY_IDENTITY);
  const [isConfirming, setConfirming] = useState(false);
  const problem = identityProblem(draft);
  const set = (part: Partial<IdentityDraft>): void => setDraft({ ...draft, ...part });
  if (isConfirming)
    return (
      <ConfirmIdentity
        identity={identityOf(draft)}
        replaces={known.includes(draft.name.trim())}
        {...{ policy, version, onClose }}
        onBack={() => setConfirming(false)}
      />
    );
  return (
    <Dialog
      title={t('trust.identity.addTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            blockedBy={problem === null ? null : t(`trust.identity.problem.${problem}`)}
            onPress={() => setConfirming(true)}
          >
            {t('trust.identity.preview')}
          </Button>
        </>
      }
    >
      <p>{t('trust.identity.lead')}</p>
      <TextField
        label={t('trust.identity.name')}
        value={draft.name}
        onChange={(name) => set({ name })}
        maxLength={128}
        required
      />
      <TextField
        label={t('trust.identity.subject')}
        help={t('trust.identity.subjectHelp')}
        value={draft.subject}
        onChange={(subject) => set({ subject })}
        maxLength={2048}
        required
      />
      <TextField
        label={t('trust.identity.issuer')}
        help={t('trust.identity.issuerHelp')}
        value={draft.issuer}
        onChange={(issuer) => set({ issuer })}
        maxLength={2048}
        required
      />
      {CERTIFICATE_FIELDS.map((field) => (
        <TextField
          key={field}
          label={t(`trust.identity.field.${field}`)}
          value={draft.extensions[field] ?? ''}
          onChange={(value) => set({ extensions: { ...draft.extensions, [field]: value } })}
          maxLength={2048}
        />
      ))}
      <fieldset className="plain row">
        <legend>{t('trust.addChannels')}</legend>
        {CHANNELS.map((channel) => (
          <CheckField
            key={channel}
            label={t(`bundles.channel.${channel}`)}
            checked={draft.channels.includes(channel)}
            onChange={(checked) =>
              set({
                channels: checked ? [...draft.channels, channel] : draft.channels.filter((one) => one !== channel),
              })
            }
          />
        ))}
      </fieldset>
    </Dialog>
  );
}
