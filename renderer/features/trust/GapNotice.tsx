import { useTranslation } from 'react-i18next';
import type { Channel } from '#contracts/bundle.ts';
import type { VerificationPolicy } from '#contracts/verdict.ts';
import { Notice } from '#renderer/ui/Notice.tsx';
import { CHANNELS } from './channels.ts';
import { gapsOf, type KnownSigners, type PolicyGap } from './policy-gaps.ts';

interface GapNoticeProps {
  readonly signers: KnownSigners;
  readonly policy: VerificationPolicy;
}

/** Says which channels refuse every bundle and what each of them lacks. A channel that nobody uses may stay closed. */
export function GapNotice({ signers, policy }: GapNoticeProps) {
  const { t } = useTranslation();
  const closed = CHANNELS.map((channel) => ({
    channel,
    gaps: gapsOf(channel, signers, policy.channels[channel]),
  })).filter(({ gaps }) => gaps.length > 0);
  if (closed.length === 0) return null;
  const isEvery = closed.length === CHANNELS.length;
  return (
    <Notice tone={isEvery ? 'warn' : 'info'} title={isEvery ? t('trust.gaps.titleAll') : t('trust.gaps.titleSome')}>
      <ul>
        {closed.map(({ channel, gaps }) => (
          <li key={channel}>
            <Gaps channel={channel} gaps={gaps} />
          </li>
        ))}
      </ul>
      <p>{t('trust.gaps.next')}</p>
    </Notice>
  );
}

/** One channel and what it lacks, in one line. */
export function Gaps({ channel, gaps }: { readonly channel: Channel; readonly gaps: readonly PolicyGap[] }) {
  const { t } = useTranslation();
  return t('trust.gaps.line', {
    channel: t(`bundles.channel.${channel}`),
    missing: gaps.map((gap) => t(`trust.gaps.missing.${gap}`)).join(', '),
  });
}
