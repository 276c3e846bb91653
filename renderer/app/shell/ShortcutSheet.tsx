import { useTranslation } from 'react-i18next';
import { sheetRows, type ShortcutScope } from '#renderer/shortcuts/shortcut-table.ts';
import { useShortcutScope } from '#renderer/shortcuts/use-shortcuts.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';

/** The shortcuts of the present screen, made from the table that the handlers use. */
export function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const scope = useShortcutScope((state) => state.scope);
  return (
    <Dialog
      title={t('shell.shortcuts.title')}
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('common.close')}</Button>}
    >
      {scope === 'global' ? (
        <p className="soft">{t('shell.shortcuts.none')}</p>
      ) : (
        <Sheet scope={scope} title={t('shell.shortcuts.here')} />
      )}
      <Sheet scope="global" title={t('shell.shortcuts.anywhere')} />
    </Dialog>
  );
}

function Sheet({ scope, title }: { readonly scope: ShortcutScope; readonly title: string }) {
  const { t } = useTranslation();
  return (
    <table className="data-table">
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th colSpan={2}>{title}</th>
        </tr>
      </thead>
      <tbody>
        {sheetRows(scope).map((row) => (
          <tr key={`${row.label}-${String(row.number ?? '')}`}>
            <td>{t(`shortcut.${row.label}`, { number: row.number })}</td>
            <td className="number">
              {row.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
