import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '#contracts/bundle.ts';
import type { ChannelPolicy, VerificationPolicy } from '#contracts/verdict.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import { CHANNELS } from './channels.ts';

const RULES = [
  'material',
  'requireProvenance',
  'builders',
  'sources',
  'minimumSlsaLevel',
  'requireSbom',
  'logThreshold',
  'timestampThreshold',
  'maxAgeDays',
  'runtimes',
  'devices',
] as const;

interface PolicyPanelProps {
  readonly policy: VerificationPolicy;
  /** Absent for a role that may not change trust: it sees no button at all. */
  readonly onChange?: ((channel: Channel) => void) | undefined;
}

/** The rules a bundle is held to, channel beside channel. */
export function PolicyPanel({ policy, onChange }: PolicyPanelProps) {
  const { t } = useTranslation();
  return (
    <Panel
      title={t('trust.policy')}
      side={
        <span className="row">
          {onChange !== undefined &&
            CHANNELS.map((channel) => (
              <Button key={channel} icon="settings" onPress={() => onChange(channel)}>
                {t('trust.change.open', { channel: t(`bundles.channel.${channel}`) })}
              </Button>
            ))}
          <span className="chip">{t('trust.policyVersion', { version: policy.version })}</span>
        </span>
      }
      flush
    >
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.rule')}</th>
              {CHANNELS.map((channel) => (
                <th key={channel}>{t(`bundles.channel.${channel}`)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {RULES.map((rule) => (
              <tr key={rule}>
                <th scope="row">{t(`trust.rules.${rule}`)}</th>
                {CHANNELS.map((channel) => (
                  <td key={channel}>
                    <Rule rule={rule} channel={policy.channels[channel]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function Rule({
  rule,
  channel,
}: {
  readonly rule: (typeof RULES)[number];
  readonly channel: ChannelPolicy;
}): ReactNode {
  const { t } = useTranslation();
  const value = channel[rule];
  if (rule === 'devices') return t(`trust.devices.${channel.devices}`);
  if (rule === 'material') return t(`trust.material.${channel.material}`);
  if (Array.isArray(value)) {
    if (value.length > 0) return value.map((one) => <div key={one}>{one}</div>);
    // An empty list allows nobody; only where nothing is demanded does it not matter.
    return rule === 'runtimes' || channel.requireProvenance ? t('trust.nobody') : t('trust.notAsked');
  }
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
  return value === null ? t('trust.noLimit') : String(value);
}
