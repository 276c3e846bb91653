import { lazy, Suspense, useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useApplyPreferences } from '#renderer/preferences/apply-preferences.ts';
import { useLiveFeeds } from '#renderer/query/live-feeds.ts';
import { useConnectionState } from '#renderer/query/station-context.tsx';
import { useShortcuts } from '#renderer/shortcuts/use-shortcuts.ts';
import { Loading } from '#renderer/ui/Loading.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { ToastCorner, useToasts } from '#renderer/ui/toasts.tsx';
import { Header } from './Header.tsx';
import { JobTray } from './JobTray.tsx';
import { Rail } from './Rail.tsx';
import { SettingsPanel } from './SettingsPanel.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { screenOf } from './screens.ts';
import { useShell } from './shell-store.ts';
import './shell.css';

const loadHelp = () => import('#renderer/features/help/HelpDrawer.tsx');
const HelpDrawer = lazy(async () => ({ default: (await loadHelp()).HelpDrawer }));

/** After the first screen, when nobody waits for it. */
const HELP_AFTER_MS = 2_000;

/** Fetches the help while the station answers: it is needed most when it no longer does. */
function useHelpAtHand(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // A failure here is no news: opening the help tries again and says so.
      void Promise.all([loadHelp(), import('#renderer/features/help/HelpScreen.tsx')]).catch(() => undefined);
    }, HELP_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}

/** Opens the page of the present screen beside it, once its text is here; on the help itself there is nothing to open. */
function useOpenHelp(): () => void {
  const { t } = useTranslation();
  const [path] = useLocation();
  const { openPanel } = useShell();
  const show = useToasts((state) => state.show);
  return () => {
    if (screenOf(path) === 'help') return;
    loadHelp().then(
      () => openPanel('help'),
      () => show('bad', t('help.notHere')),
    );
  };
}

/** The frame around every screen. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const { panel, jobsOpen, openPanel } = useShell();
  useApplyPreferences();
  useLiveFeeds();
  useShortcuts('global', { manual: useOpenHelp(), help: () => openPanel('shortcuts') });
  useHelpAtHand();
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
      {panel === 'help' && (
        <Suspense fallback={null}>
          <HelpDrawer onClose={() => openPanel(null)} />
        </Suspense>
      )}
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
