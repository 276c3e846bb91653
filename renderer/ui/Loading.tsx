import { IxSpinner } from '@siemens/ix-react';
import { useTranslation } from 'react-i18next';

/** Something is on its way from the station. */
export function Loading({ what }: { readonly what?: string }) {
  const { t } = useTranslation();
  return (
    <div className="loading" role="status">
      <span aria-hidden="true">
        <IxSpinner size="small" />
      </span>
      <span>{what ?? t('common.loading')}</span>
    </div>
  );
}
