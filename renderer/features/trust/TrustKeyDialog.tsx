import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fingerprint } from '#renderer/display/Digest.tsx';
import { ActionError } from '#renderer/display/QueryView.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { CheckField, TextArea, TextField } from '#renderer/ui/fields.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { fingerprintOfPem } from './key-fingerprint.ts';

type KeyRequest = Parameters<Station['trust']['trustKey']['mutate']>[0];

const CHANNELS = ['production', 'staging'] as const;

/** The fingerprint of what was pasted; null while it is no key. */
function useFingerprint(pem: string): string | null {
  const [known, setKnown] = useState<{ pem: string; hex: string | null }>({ pem: '', hex: null });
  useEffect(() => {
    let isCurrent = true;
    void fingerprintOfPem(pem).then((hex) => {
      if (isCurrent) setKnown({ pem, hex });
    });
    return () => {
      isCurrent = false;
    };
  }, [pem]);
  return known.pem === pem ? known.hex : null;
}

/** Trusts a key after its fingerprint was computed here and compared by a person. */
export function TrustKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [name, setName] = useState('');
  const [pem, setPem] = useState('');
  const [channels, setChannels] = useState<KeyRequest['channels']>(['production']);
  const [comparedHex, setComparedHex] = useState<string | null>(null);
  const hex = useFingerprint(pem);
  const trust = useStationAction((station, request: KeyRequest) => station.trust.trustKey.mutate(request), ['trust']);
  const isComplete = name.trim() !== '' && hex !== null && comparedHex === hex && channels.length > 0;
  const submit = (): void =>
    trust.mutate(
      { name: name.trim(), publicKeyPem: pem.trim(), channels },
      {
        onSuccess: () => {
          show('good', t('trust.added', { name: name.trim() }));
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={t('trust.addTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="key"
            busy={trust.isPending}
            blockedBy={isComplete ? null : t('trust.addIncomplete')}
            onPress={submit}
          >
            {t('trust.addDo')}
          </Button>
        </>
      }
    >
      <p>{t('trust.addFacts')}</p>
      <TextField label={t('trust.addName')} value={name} onChange={setName} maxLength={128} required />
      <TextArea
        label={t('trust.addPem')}
        help={t('trust.addPemHelp')}
        value={pem}
        onChange={setPem}
        maxLength={8192}
        required
      />
      <div>
        <p className="field__label">{t('trust.addFingerprint')}</p>
        {hex === null ? (
          <p className="soft">{pem.trim() === '' ? t('trust.addNoFingerprint') : t('trust.addBad')}</p>
        ) : (
          <Fingerprint hex={hex} />
        )}
      </div>
      <CheckField
        label={t('trust.addCompared')}
        checked={hex !== null && comparedHex === hex}
        disabled={hex === null}
        onChange={(compared) => setComparedHex(compared ? hex : null)}
      />
      <fieldset className="plain row">
        <legend>{t('trust.addChannels')}</legend>
        {CHANNELS.map((channel) => (
          <CheckField
            key={channel}
            label={t(`bundles.channel.${channel}`)}
            checked={channels.includes(channel)}
            onChange={(checked) =>
              setChannels(checked ? [...channels, channel] : channels.filter((one) => one !== channel))
            }
          />
        ))}
      </fieldset>
      <ActionError error={trust.error} />
    </Dialog>
  );
}
