import '#renderer/ui/styles/index.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { Router } from 'wouter';
import { setupMessages } from '#renderer/messages/setup.ts';
import { createQueryClient } from '#renderer/query/query-client.ts';
import { StationProvider } from '#renderer/query/station-context.tsx';
import { createStationClient } from '#renderer/rpc/index.ts';
import { hashLocation, hashSearch } from './hash-location.ts';
import { Routes } from './routes.tsx';
import { Shell } from './shell/Shell.tsx';

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  const messages = await setupMessages();
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={messages}>
        <QueryClientProvider client={createQueryClient()}>
          <StationProvider client={createStationClient()}>
            <Router hook={hashLocation} searchHook={hashSearch}>
              <Shell>
                <Routes />
              </Shell>
            </Router>
          </StationProvider>
        </QueryClientProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}

void start();
