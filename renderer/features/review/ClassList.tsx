import { useTranslation } from 'react-i18next';
import { classColour } from '#renderer/ui/annotate/box-style.ts';
import { SelectField } from '#renderer/ui/fields.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import type { SampleEditing } from './use-sample-editing.ts';

/** Classes with their keys on each row; on a tablet each row is a key of its own. */
export function ClassList({ editing }: { readonly editing: SampleEditing }) {
  const { t } = useTranslation();
  const { sample, label, selected } = editing;
  const isImage = sample.kind === 'image';
  const chosen = isImage
    ? (selected?.className ?? sample.classes[editing.classIndex])
    : (label.imageClass ?? undefined);
  return (
    <Panel
      title={t('review.classes')}
      side={<span className="soft small">{isImage ? t('review.classHint') : t('review.classHintWhole')}</span>}
    >
      <ul className="class-list">
        {sample.classes.map((name, index) => (
          <li key={name}>
            <button
              type="button"
              className="class-list__item"
              aria-pressed={name === chosen}
              onClick={() => editing.chooseClass(index)}
            >
              {isImage && (
                <span className="class-list__swatch" style={{ background: classColour(index) }} aria-hidden="true" />
              )}
              <span className="grow">{name}</span>
              {index < 9 && <kbd>{index + 1}</kbd>}
            </button>
          </li>
        ))}
      </ul>
      {isImage && (
        <SelectField
          label={t('review.wholeImage')}
          value={label.imageClass ?? ''}
          options={[
            { value: '-', label: t('review.wholeNone') },
            ...sample.classes.map((name) => ({ value: name, label: name })),
          ]}
          prompt={t('review.wholeNone')}
          onChange={(name) => editing.chooseWhole(name === '-' ? null : name)}
        />
      )}
    </Panel>
  );
}
