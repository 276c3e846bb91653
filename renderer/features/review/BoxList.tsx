import { useTranslation } from 'react-i18next';
import { formatNumber } from '#renderer/format/numbers.ts';
import { Panel } from '#renderer/ui/structure.tsx';
import type { SampleEditing } from './use-sample-editing.ts';

/** The boxes as a list: on the picture they cannot be focused, here they can. */
export function BoxList({ editing }: { readonly editing: SampleEditing }) {
  const { t, i18n } = useTranslation();
  const { label, selectedId } = editing;
  const px = (value: number): string => formatNumber(value, i18n.language);
  return (
    <Panel title={t('review.boxes')}>
      {label.boxes.length === 0 ? (
        <p className="soft">{t('review.noBoxes')}</p>
      ) : (
        <ul className="box-list">
          {label.boxes.map((box, index) => (
            <li key={box.id}>
              <button
                type="button"
                className="box-list__item"
                aria-pressed={box.id === selectedId}
                onClick={() => editing.select(box.id === selectedId ? null : box.id)}
              >
                <span className="strong">{t('review.box', { number: index + 1, className: box.className })}</span>
                <span className="soft small">
                  {t('review.boxSize', { width: px(box.width), height: px(box.height), x: px(box.x), y: px(box.y) })}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
