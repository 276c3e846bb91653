import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy, VerificationPolicy } from '#contracts/verdict.ts';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { useToasts } from '#renderer/ui/toasts.tsx';
import { ConfirmRules } from './ConfirmRules.tsx';
import { problemOfDraft } from './draft-problem.ts';
import { draftOf, policyOf, type PolicyDraft } from './policy-draft.ts';
import type { KnownSigners } from './policy-gaps.ts';
import { RulesForm } from './RulesForm.tsx';

type PolicyRequest = Parameters<Station['trust']['setChannelPolicy']['mutate']>[0];

interface ChangeRulesDialogProps {
  readonly channel: Channel;
  readonly signers: KnownSigners;
  /** The policy in force, as it is known now. */
  readonly policy: VerificationPolicy;
  readonly onClose: () => void;
}

/**
 * First the rules are edited, then before and after are confirmed by name. A change replaces all rules of the channel;
 * so it starts from one version, and ends here when another person put a newer one in force meanwhile.
 */
export function ChangeRulesDialog({ channel, signers, policy, onClose }: ChangeRulesDialogProps) {
  const { t } = useTranslation();
  const show = useToasts((state) => state.show);
  const [start] = useState(policy);
  const [draft, setDraft] = useState(() => draftOf(policy.channels[channel]));
  const [isConfirming, setConfirming] = useState(false);
  const isDone = useRef(false);
  const change = useStationAction(
    (station, request: PolicyRequest) => station.trust.setChannelPolicy.mutate(request),
    ['trust'],
  );
  const before = start.channels[channel];

  // While the own change is under way the version moves too: that is no other person's.
  const isOvertaken = policy.version !== start.version && !change.isPending && !change.isSuccess;
  if (isOvertaken) return <Overtaken channel={channel} version={policy.version} onClose={onClose} />;
  if (!isConfirming)
    return (
      <EditRules
        channel={channel}
        before={before}
        draft={draft}
        onChange={setDraft}
        onNext={() => setConfirming(true)}
        onClose={onClose}
      />
    );
  const after = policyOf(draft, before);
  return (
    <ConfirmRules
      channel={channel}
      signers={signers}
      version={start.version}
      before={before}
      after={after}
      onConfirm={async () => {
        const { version } = await change.mutateAsync({ channel, policy: after, expectedVersion: start.version });
        isDone.current = true;
        show('good', t('trust.change.done', { channel: t(`bundles.channel.${channel}`), version }));
      }}
      onClose={() => (isDone.current ? onClose() : setConfirming(false))}
    />
  );
}

interface EditRulesProps {
  readonly channel: Channel;
  readonly before: ChannelPolicy;
  readonly draft: PolicyDraft;
  readonly onChange: (draft: PolicyDraft) => void;
  readonly onNext: () => void;
  readonly onClose: () => void;
}

function EditRules({ channel, before, draft, onChange, onNext, onClose }: EditRulesProps) {
  const { t } = useTranslation();
  const problem = problemOfDraft(draft, before);
  return (
    <Dialog
      title={t('trust.change.title', { channel: t(`bundles.channel.${channel}`) })}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            blockedBy={problem === null ? null : t(`trust.change.problem.${problem}`)}
            onPress={onNext}
          >
            {t('trust.change.next')}
          </Button>
        </>
      }
    >
      <p>{t('trust.change.lead')}</p>
      <RulesForm draft={draft} policy={before} onChange={onChange} />
    </Dialog>
  );
}

interface OvertakenProps {
  readonly channel: Channel;
  readonly version: number;
  readonly onClose: () => void;
}

function Overtaken({ channel, version, onClose }: OvertakenProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t('trust.change.title', { channel: t(`bundles.channel.${channel}`) })}
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('common.close')}</Button>}
    >
      <Notice tone="warn" urgent title={t('trust.change.overtakenTitle', { version })}>
        <p>{t('trust.change.overtaken')}</p>
      </Notice>
    </Dialog>
  );
}
