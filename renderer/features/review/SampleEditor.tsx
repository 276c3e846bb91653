import { useTranslation } from 'react-i18next';
import type { SampleView } from '#contracts/review.ts';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import { useMay, usePerson } from '#renderer/query/use-person.ts';
import { useShortcuts } from '#renderer/shortcuts/use-shortcuts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Definition, Panel } from '#renderer/ui/structure.tsx';
import { formatNumber } from '#renderer/format/numbers.ts';
import { BoxList } from './BoxList.tsx';
import { ClassList } from './ClassList.tsx';
import { FeatureTable } from './FeatureTable.tsx';
import { SamplePicture } from './SamplePicture.tsx';
import { SaveIndicator } from './SaveIndicator.tsx';
import { useSampleEditing, type SampleEditing } from './use-sample-editing.ts';

interface SampleEditorProps {
  readonly first: SampleView;
  readonly onGo: (step: 1 | -1) => void;
  readonly onDone: () => void;
  readonly onOpen: (sampleId: string) => void;
}

/** Picture or figures in the middle, classes and boxes beside it, the keys of the table on the keyboard. */
export function SampleEditor({ first, onGo, onDone, onOpen }: SampleEditorProps) {
  const may = useMay('review.label');
  const editing = useSampleEditing(first, { onDone, onOpen });
  useReviewKeys(editing, onGo, may);
  return (
    <div className="review">
      <div className="review__stage">
        {first.kind === 'image' ? <SamplePicture editing={editing} /> : <FeatureTable sample={editing.sample} />}
      </div>
      <div className="review__side">
        <Toolbar editing={editing} may={may} onGo={onGo} />
        <ActionError error={editing.failure ?? (editing.saveState.is === 'failed' ? editing.saveState.error : null)} />
        <ClassList editing={editing} />
        {first.kind === 'image' && <BoxList editing={editing} />}
        <SampleFacts sample={editing.sample} />
      </div>
    </div>
  );
}

function useReviewKeys(editing: SampleEditing, onGo: (step: 1 | -1) => void, may: boolean): void {
  const move = { reviewPrevious: () => onGo(-1), reviewNext: () => onGo(1) };
  const choose = (index: number) => () => editing.chooseClass(index);
  const isImage = editing.sample.kind === 'image';
  useShortcuts(
    'review',
    !may
      ? move
      : {
          ...move,
          class1: choose(0),
          class2: choose(1),
          class3: choose(2),
          class4: choose(3),
          class5: choose(4),
          class6: choose(5),
          class7: choose(6),
          class8: choose(7),
          class9: choose(8),
          reviewAccept: editing.accept,
          reviewReject: editing.reject,
          reviewUndo: editing.undo,
          ...(isImage
            ? {
                reviewNew: () => editing.setDrawing(true),
                reviewPlace: () => {
                  if (editing.isDrawing) editing.placeInMiddle();
                },
                reviewDelete: editing.remove,
                reviewCycle: editing.cycle,
                reviewCancel: () => {
                  editing.setDrawing(false);
                  editing.select(null);
                },
                moveLeft: () => editing.nudge(-1, 0, 0, 0),
                moveRight: () => editing.nudge(1, 0, 0, 0),
                moveUp: () => editing.nudge(0, -1, 0, 0),
                moveDown: () => editing.nudge(0, 1, 0, 0),
                sizeLeft: () => editing.nudge(0, 0, -1, 0),
                sizeRight: () => editing.nudge(0, 0, 1, 0),
                sizeUp: () => editing.nudge(0, 0, 0, -1),
                sizeDown: () => editing.nudge(0, 0, 0, 1),
              }
            : {}),
        },
  );
}

function Toolbar({
  editing,
  may,
  onGo,
}: {
  readonly editing: SampleEditing;
  readonly may: boolean;
  readonly onGo: (step: 1 | -1) => void;
}) {
  const { t } = useTranslation();
  const role = usePerson().data?.role;
  const notPermitted = !may && role !== undefined ? t('common.notPermitted', { role: t(`role.${role}`) }) : null;
  const needsClass =
    editing.sample.kind === 'features' && editing.label.imageClass === null ? t('review.needClass') : null;
  return (
    <div className="stack stack--small">
      <div className="row row--spread">
        <SaveIndicator state={editing.saveState} />
      </div>
      <div className="review__decide">
        <Button look="main" icon="check" blockedBy={notPermitted ?? needsClass} onPress={editing.accept}>
          {t('review.accept')}
        </Button>
        <Button icon="close" blockedBy={notPermitted} onPress={editing.reject}>
          {t('review.reject')}
        </Button>
        <Button icon="undo" blockedBy={notPermitted} onPress={editing.undo}>
          {t('review.undo')}
        </Button>
      </div>
      {editing.sample.kind === 'image' && <BoxTools editing={editing} notPermitted={notPermitted} />}
      <div className="row">
        <Button look="quiet" onPress={() => onGo(-1)}>
          {t('review.previous')}
        </Button>
        <Button look="quiet" onPress={() => onGo(1)}>
          {t('review.next')}
        </Button>
        <span className="soft small">{t('review.shortcuts')}</span>
      </div>
    </div>
  );
}

/** Drawing on and off, and delete; beside the decision, so that nobody scrolls for them. */
function BoxTools({
  editing,
  notPermitted,
}: {
  readonly editing: SampleEditing;
  readonly notPermitted: string | null;
}) {
  const { t } = useTranslation();
  const { isDrawing } = editing;
  return (
    <>
      <div className="review__boxes">
        <Button
          icon={isDrawing ? 'close' : 'plus'}
          blockedBy={notPermitted}
          onPress={() => editing.setDrawing(!isDrawing)}
        >
          {isDrawing ? t('review.stopDrawing') : t('review.newBox')}
        </Button>
        <Button
          icon="delete"
          blockedBy={notPermitted ?? (editing.selectedId === null ? '' : null)}
          onPress={editing.remove}
        >
          {t('review.deleteBox')}
        </Button>
      </div>
      {isDrawing && (
        <p role="status" className="strong">
          {t('review.drawing')}
        </p>
      )}
    </>
  );
}

function SampleFacts({ sample }: { readonly sample: SampleView }) {
  const { t, i18n } = useTranslation();
  return (
    <Panel title={t('review.facts')}>
      <Definition
        rows={[
          { term: t('review.device'), value: `${sample.device} · ${sample.line}` },
          { term: t('review.taken'), value: <Time at={sample.takenAt} /> },
          { term: t('review.model'), value: `${sample.model.repository} ${sample.model.version}` },
          {
            term: t('review.reason'),
            value: `${t(`review.reasonText.${sample.reason}`)} (${t('review.score')} ${formatNumber(sample.score, i18n.language, 3)})`,
          },
          ...(sample.labelledBy === null ? [] : [{ term: t('review.labelledBy'), value: sample.labelledBy }]),
        ]}
      />
    </Panel>
  );
}
