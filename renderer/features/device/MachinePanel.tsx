import { useTranslation } from 'react-i18next';
import type { ReportedDocument } from '#contracts/device.ts';
import { formatBytes, UNKNOWN_VALUE } from '#renderer/format/numbers.ts';
import { Definition, Panel } from '#renderer/ui/structure.tsx';

/** The machine as its agent describes it. */
export function MachinePanel({ agent }: { readonly agent: ReportedDocument['agent'] }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t('device.machine')}>
      <Definition
        rows={[
          { term: t('device.agent'), value: `${agent.version} · ${agent.hostname}` },
          { term: t('device.os'), value: `${agent.os} · ${agent.architecture}` },
          { term: t('device.cpu'), value: `${agent.cpu} × ${agent.cores}` },
          { term: t('device.memory'), value: formatBytes(agent.memoryBytes, i18n.language) },
          { term: t('device.agentMemory'), value: formatBytes(agent.rssBytes, i18n.language) },
          {
            term: t('device.runtimes'),
            value: agent.runtimes
              .map((runtime) => `${runtime.runtime} ${runtime.version} (${runtime.providers.join(', ')})`)
              .join('; '),
          },
          {
            term: t('device.serving'),
            value: agent.servingUrl === null ? UNKNOWN_VALUE : <code>{agent.servingUrl}</code>,
          },
        ]}
      />
    </Panel>
  );
}
