import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleView } from '#contracts/review.ts';
import { SAMPLE_STATE_MARKS } from '#renderer/display/status-marks.ts';
import { Icon } from '#renderer/ui/Icon.tsx';

interface QueueStripProps {
  readonly samples: readonly SampleView[];
  readonly current: string | null;
  readonly onOpen: (index: number) => void;
}

/** Every sample as a small key with its state; the current one stays in sight. */
export function QueueStrip({ samples, current, onOpen }: QueueStripProps) {
  const { t } = useTranslation();
  const shown = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    shown.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <nav className="queue" aria-label={t('review.queue')}>
      <ol className="queue__list">
        {samples.map((sample, index) => {
          const mark = SAMPLE_STATE_MARKS[sample.state];
          const isCurrent = sample.id === current;
          return (
            <li key={sample.id}>
              <button
                type="button"
                ref={isCurrent ? shown : null}
                className="queue__item"
                data-state={sample.state}
                {...(isCurrent ? { 'aria-current': 'true' as const } : {})}
                onClick={() => onOpen(index)}
              >
                <span className="status" data-tone={mark.tone}>
                  <span className="status__mark">
                    <Icon name={mark.icon} />
                  </span>
                </span>
                <span className="mono small">
                  <span className="visually-hidden">{t('review.sample')} </span>
                  {index + 1}
                  <span className="visually-hidden"> {t(`status.sample.${sample.state}`)}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
