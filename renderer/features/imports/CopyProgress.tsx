import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportView } from '#contracts/media.ts';
import { formatBytes, formatRate, shareOf } from '#renderer/format/numbers.ts';
import { ratePerSecond, remainingMs, withSample, type RateSample } from '#renderer/format/rate-meter.ts';
import { formatCountdown } from '#renderer/format/time.ts';
import { useJob } from '#renderer/query/use-jobs.ts';
import { Progress } from '#renderer/ui/Progress.tsx';
import { Figure, Panel } from '#renderer/ui/structure.tsx';

/** Bytes, speed and time left; the same figures as the job tray shows, because they come from the same job. */
export function CopyProgress({ view }: { readonly view: ImportView }) {
  const { t, i18n } = useTranslation();
  const progress = useJob(view.jobId)?.progress;
  const done = progress?.unit === 'bytes' ? Math.max(progress.done, view.copiedBytes) : view.copiedBytes;
  const [samples, setSamples] = useState<readonly RateSample[]>([]);
  useEffect(() => setSamples((known) => withSample(known, { at: Date.now(), done })), [done]);
  const left = remainingMs(samples, view.totalBytes);
  const size = (bytes: number): string => formatBytes(bytes, i18n.language);
  return (
    <Panel title={t('imports.wizard.copyProgress')}>
      <Progress label={t('imports.wizard.copyProgress')} share={shareOf(done, view.totalBytes)} />
      <div className="figures">
        <Figure
          label={t('imports.wizard.copied')}
          value={t('shell.jobs.steps', { done: size(done), total: size(view.totalBytes) })}
        />
        <Figure label={t('imports.wizard.rate')} value={formatRate(ratePerSecond(samples), i18n.language)} />
        <Figure
          label={t('imports.wizard.eta')}
          value={left === null ? t('imports.wizard.etaNone') : formatCountdown(left)}
        />
      </div>
    </Panel>
  );
}
