import { useTranslation } from 'react-i18next';
import { DENSITIES, THEMES, TIME_ZONES, usePreferences } from '#renderer/preferences/preferences-store.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ChoiceField } from '#renderer/ui/fields.tsx';

/** Theme, size and time zone of this person on this machine: two taps from anywhere. */
export function SettingsPanel({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { theme, density, timeZone, choose } = usePreferences();
  return (
    <Dialog
      title={t('shell.settings.title')}
      look="drawer"
      onClose={onClose}
      footer={<Button onPress={onClose}>{t('common.close')}</Button>}
    >
      <ChoiceField
        legend={t('shell.settings.theme')}
        name="theme"
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`shell.settings.themes.${value}`) }))}
        onChange={(value) => choose({ theme: value })}
      />
      <ChoiceField
        legend={t('shell.settings.density')}
        name="density"
        value={density}
        options={DENSITIES.map((value) => ({ value, label: t(`shell.settings.densities.${value}`) }))}
        onChange={(value) => choose({ density: value })}
      />
      <ChoiceField
        legend={t('shell.settings.zone')}
        name="zone"
        value={timeZone}
        options={TIME_ZONES.map((value) => ({ value, label: t(`shell.settings.zones.${value}`) }))}
        onChange={(value) => choose({ timeZone: value })}
      />
      <p className="soft small">{t('shell.settings.zoneHelp')}</p>
    </Dialog>
  );
}
