import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelPolicy, VerificationPolicy } from '#contracts/verdict.ts';
import { Panel } from '#renderer/ui/structure.tsx';

const RULES = [
  'material',
  'requireProvenance',
  'builders',
  'sources',
  'requireSbom',
  'logThreshold',
  'timestampThreshold',
  'maxAgeDays',
  'runtimes',
] as const;

/** The rules a bundle is held to, channel beside channel. */
export function PolicyPanel({ policy }: { readonly policy: VerificationPolicy }) {
  const { t } = useTranslation();
  return (
    <Panel
      title={t('trust.policy')}
      side={<span className="chip">{t('trust.policyVersion', { version: policy.version })}</span>}
      flush
    >
      <div className="table-scroll">
        <table className="data-table">
          <thead>
            <tr>
              <th>{t('trust.rule')}</th>
              <th>{t('bundles.channel.production')}</th>
              <th>{t('bundles.channel.staging')}</th>
            </tr>
          </thead>
          <tbody>
            {RULES.map((rule) => (
              <tr key={rule}>
                <th scope="row">{t(`trust.rules.${rule}`)}</th>
                <td>
                  <Rule rule={rule} channel={policy.channels.production} />
                </td>
                <td>
                  <Rule rule={rule} channel={policy.channels.staging} />
                </td>
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
  if (rule === 'material') return t(`trust.material.${channel.material}`);
  if (Array.isArray(value)) {
    if (value.length > 0) return value.map((one) => <div key={one}>{one}</div>);
    // An empty list allows nobody; only where nothing is demanded does it not matter.
    return rule === 'runtimes' || channel.requireProvenance ? t('trust.nobody') : t('trust.notAsked');
  }
  if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
  return value === null ? t('trust.noLimit') : String(value);
}
