import { useTranslation } from 'react-i18next';
import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy } from '#contracts/verdict.ts';
import { ConfirmScope } from '#renderer/display/ConfirmScope.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition } from '#renderer/ui/structure.tsx';
import { Gaps } from './GapNotice.tsx';
import { diffPolicy } from './policy-diff.ts';
import { gapsOf, type KnownSigners } from './policy-gaps.ts';
import { RuleChanges } from './RuleChanges.tsx';

interface ConfirmRulesProps {
  readonly channel: Channel;
  readonly signers: KnownSigners;
  /** The version that the change starts from. */
  readonly version: number;
  readonly before: ChannelPolicy;
  readonly after: ChannelPolicy;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Before and after, what it does to imports, store and gateways, and the channel's name typed. */
export function ConfirmRules({ channel, signers, version, before, after, onConfirm, onClose }: ConfirmRulesProps) {
  const { t } = useTranslation();
  const name = t(`bundles.channel.${channel}`);
  const gaps = gapsOf(channel, signers, after);
  return (
    <ConfirmScope
      title={t('trust.change.confirmTitle', { channel: name })}
      scopeName={name}
      action={t('trust.change.do')}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <RuleChanges changes={diffPolicy(before, after)} />
      <Definition
        rows={[
          { term: t('trust.change.version'), value: t('trust.change.versionStep', { from: version, to: version + 1 }) },
          { term: t('trust.change.imports'), value: t('trust.change.importsText') },
          { term: t('trust.change.store'), value: t('trust.change.storeText') },
          { term: t('trust.change.gateways'), value: t('trust.change.gatewaysText') },
        ]}
      />
      {gaps.length > 0 && (
        <Notice tone="warn" title={t('trust.gaps.titleAfter')}>
          <p>
            <Gaps channel={channel} gaps={gaps} />
          </p>
        </Notice>
      )}
      <p className="soft small">{t('trust.change.recorded')}</p>
    </ConfirmScope>
  );
}
