import { useTranslation } from 'react-i18next';
import type { WireError } from '#contracts/primitives.ts';
import { copyableError, errorWords } from '#renderer/query/wire-error.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { useCopy } from './Digest.tsx';

interface ErrorPanelProps {
  readonly error: WireError;
  readonly onRetry?: (() => void) | undefined;
}

/** The catalogue's three sentences for a code: what happened, what is unchanged, what to do. */
export function useErrorSentences(code: string): { what: string; unchanged: string; next: string } {
  const { t, i18n } = useTranslation();
  const words = errorWords(code);
  // The English words live with the codes, where the station and the command line read them too; other languages override.
  const translated = (part: 'what' | 'unchanged' | 'next'): string => {
    const key = `errors.${code}.${part}`;
    return i18n.exists(key) ? t(key as 'common.loading') : words[part];
  };
  return { what: translated('what'), unchanged: translated('unchanged'), next: translated('next') };
}

/** A failure: what happened, what is unchanged, what to do next, code and copyable details. */
export function ErrorPanel({ error, onRetry }: ErrorPanelProps) {
  const { t } = useTranslation();
  const copy = useCopy();
  const sentences = useErrorSentences(error.code);
  const details = copyableError(error, new Date().toISOString());
  return (
    <Notice
      tone="bad"
      urgent
      title={sentences.what}
      actions={
        <>
          {onRetry !== undefined && (
            <Button icon="refresh" onPress={onRetry}>
              {t('error.retry')}
            </Button>
          )}
          <Button look="quiet" icon="copy" onPress={() => copy(details)}>
            {t('error.copy')}
          </Button>
        </>
      }
    >
      <p>
        <span className="strong">{t('error.unchanged')}</span> {sentences.unchanged}
      </p>
      <p>
        <span className="strong">{t('error.next')}</span> {sentences.next}
      </p>
      <Details code={error.code} text={details} />
    </Notice>
  );
}

/** Code and copyable details of a state that has sentences of its own. */
export function ErrorDetails({ error }: { readonly error: WireError }) {
  const { t } = useTranslation();
  const copy = useCopy();
  const text = copyableError(error, new Date().toISOString());
  return (
    <>
      <Details code={error.code} text={text} />
      <div className="row">
        <Button look="quiet" icon="copy" onPress={() => copy(text)}>
          {t('error.copy')}
        </Button>
      </div>
    </>
  );
}

function Details({ code, text }: { readonly code: string; readonly text: string }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary className="soft small">
        {t('error.details')} <code>{code}</code>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}
