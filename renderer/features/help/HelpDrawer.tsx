import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { HELP } from './bundled-help.ts';
import { HelpArticle } from './HelpArticle.tsx';
import type { HelpPageId } from './help-pages.ts';
import { helpPageOf } from './page-of-route.ts';
import './help.css';

/** The page of the present screen, beside it: what was typed there stays, and one key brings the person back. */
export function HelpDrawer({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const [path, navigate] = useLocation();
  const [id, setId] = useState<HelpPageId>(() => helpPageOf(path));
  const page = HELP.get(id);
  const link = (to: HelpPageId, children: ReactNode): ReactNode => (
    <a
      href={`#/help/${to}`}
      onClick={(event) => {
        event.preventDefault();
        setId(to);
      }}
    >
      {children}
    </a>
  );
  return (
    <Dialog
      // A new page begins at its top.
      key={id}
      title={page?.title ?? t('help.title')}
      look="drawer"
      onClose={onClose}
      footer={
        <>
          <Button
            onPress={() => {
              onClose();
              navigate(`/help/${id}`);
            }}
          >
            {t('help.openAll')}
          </Button>
          <Button look="main" onPress={onClose}>
            {t('common.close')}
          </Button>
        </>
      }
    >
      {page !== undefined && <HelpArticle page={page} link={link} />}
    </Dialog>
  );
}
