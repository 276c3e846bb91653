import { useTranslation } from 'react-i18next';
import { Icon } from '#renderer/ui/Icon.tsx';
import type { IconName } from '#renderer/ui/icons.ts';
import { NE107_MARKS, type Ne107, type Tone } from './status-marks.ts';

interface StatusProps {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: string;
  /** Where results are told apart without colour. */
  readonly letter?: string;
}

/** A state as symbol, word and colour; it survives greyscale and forced colours. */
export function Status({ tone, icon, text, letter }: StatusProps) {
  return (
    <span className="status" data-tone={tone}>
      <span className="status__mark">
        <Icon name={icon} />
        {letter !== undefined && (
          <span className="status__letter" aria-hidden="true">
            {letter}
          </span>
        )}
      </span>
      {text}
    </span>
  );
}

/** A device state as NE 107 wants it: symbol, letter, word, colour. */
export function Ne107Status({ state, brief = false }: { readonly state: Ne107; readonly brief?: boolean }) {
  const { t } = useTranslation();
  const mark = NE107_MARKS[state];
  const word = t(`status.ne107.${state}`);
  return (
    <span className="status" data-tone={mark.tone} data-ne107={state}>
      <span className="status__mark">
        <Icon name={mark.icon} />
        <span className="status__letter" aria-hidden="true">
          {mark.letter}
        </span>
      </span>
      <span className={brief ? 'visually-hidden' : ''}>{word}</span>
    </span>
  );
}
