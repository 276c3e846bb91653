import { Suspense, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApplyPreferences } from '#renderer/preferences/apply-preferences.ts';
import { useLiveFeeds } from '#renderer/query/live-feeds.ts';
import { useConnectionState } from '#renderer/query/station-context.tsx';
import { useShortcuts } from '#renderer/shortcuts/use-shortcuts.ts';
import { Loading } from '#renderer/ui/Loading.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { ToastCorner } from '#renderer/ui/toasts.tsx';
import { Header } from './Header.tsx';
import { JobTray } from './JobTray.tsx';
import { Rail } from './Rail.tsx';
import { SettingsPanel } from './SettingsPanel.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { useShell } from './shell-store.ts';
import './shell.css';

/** The frame around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const { panel, jobsOpen, openPanel } = useShell();
  useApplyPreferences();
  useLiveFeeds();
  useShortcuts('global', { help: () => openPanel('shortcuts') });
  return (
    <div className="shell">
      <a className="shell__skip" href="#content" onClick={skipToContent}>
        {t('shell.skip')}
      </a>
      <Header />
      <Rail />
      <main className="shell__main" id="content" tabIndex={-1}>
        <ConnectionNotice />
        <Suspense fallback={<Loading />}>{children}</Suspense>
      </main>
      {jobsOpen && <JobTray />}
      {panel === 'settings' && <SettingsPanel onClose={() => openPanel(null)} />}
      {panel === 'shortcuts' && <ShortcutSheet onClose={() => openPanel(null)} />}
      <ToastCorner />
    </div>
  );
}

/** The hash belongs to the router, so the skip link moves the focus by itself. */
function skipToContent(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function ConnectionNotice() {
  const { t } = useTranslation();
  const state = useConnectionState();
  if (state === 'open' || state === 'connecting') return null;
  return (
    <div className="shell__connection">
      <Notice tone="warn" urgent>
        <p>{t(`shell.connection.${state}`)}</p>
      </Notice>
    </div>
  );
}
