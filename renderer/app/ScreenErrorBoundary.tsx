import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '#renderer/display/Digest.tsx';
import { Button } from '#renderer/ui/Button.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';

interface BoundaryProps {
  /** A new screen gets a new chance. */
  readonly resetKey: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly failure: Error | null;
  readonly resetKey: string;
}

/** Catches the bug of one screen; the shell and the station go on. */
export class ScreenErrorBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failure: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(failure: Error): Partial<BoundaryState> {
    return { failure };
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
    return props.resetKey === state.resetKey ? null : { failure: null, resetKey: props.resetKey };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    return failure === null ? (
      this.props.children
    ) : (
      <ScreenFailure failure={failure} onReset={() => this.setState({ failure: null })} />
    );
  }
}

function ScreenFailure({ failure, onReset }: { readonly failure: Error; readonly onReset: () => void }) {
  const { t } = useTranslation();
  const copy = useCopy();
  const details = `${failure.name}: ${failure.message}\n${location.hash}\n${failure.stack ?? ''}`;
  return (
    <div className="page">
      <Notice
        tone="bad"
        urgent
        title={t('error.screen')}
        actions={
          <>
            <Button icon="refresh" onPress={onReset}>
              {t('error.reload')}
            </Button>
            <Button look="quiet" icon="copy" onPress={() => copy(details)}>
              {t('error.copy')}
            </Button>
          </>
        }
      >
        <p>{t('error.screenLead')}</p>
        <p>{t('error.screenNext')}</p>
        <details>
          <summary className="soft small">{failure.message}</summary>
          <pre>{details}</pre>
        </details>
      </Notice>
    </div>
  );
}
