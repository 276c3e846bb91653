import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { ErrorPanel } from '#renderer/display/ErrorPanel.tsx';
import { useFolderChooser } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { TextField } from '#renderer/ui/fields.tsx';

/** Opens a folder as if it were a stick: with the native dialog where the shell has one, else by typing its path. */
export function FolderOpener({ onOpened }: { readonly onOpened: (volumeId: string) => void }) {
  const choose = useFolderChooser();
  return choose === null ? <TypedFolder onOpened={onOpened} /> : <NativeFolder choose={choose} onOpened={onOpened} />;
}

interface NativeFolderProps {
  readonly choose: NonNullable<ReturnType<typeof useFolderChooser>>;
  readonly onOpened: (volumeId: string) => void;
}

function NativeFolder({ choose, onOpened }: NativeFolderProps) {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<{ code: string; message: string } | null>(null);
  const open = async (): Promise<void> => {
    const choice = await choose();
    setFailure(choice.outcome === 'failed' ? choice.error : null);
    if (choice.outcome === 'opened') onOpened(choice.volumeId);
  };
  return (
    <div className="stack stack--small">
      <Button icon="folder" onPress={() => void open()}>
        {t('imports.folderChoose')}
      </Button>
      {failure !== null && <ErrorPanel error={{ ...failure, details: {} }} />}
    </div>
  );
}

function TypedFolder({ onOpened }: { readonly onOpened: (volumeId: string) => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const [path, setPath] = useState('');
  const open = useStationAction(
    (station, folder: string) => station.media.openFolder.mutate({ path: folder }),
    ['media'],
  );
  const submit = (): void =>
    open.mutate(path.trim(), {
      onSuccess: (volume) => {
        setOpen(false);
        onOpened(volume.id);
      },
    });
  return (
    <>
      <Button icon="folder" onPress={() => setOpen(true)}>
        {t('imports.openFolder')}
      </Button>
      {isOpen && (
        <Dialog
          title={t('imports.openFolder')}
          onClose={() => setOpen(false)}
          footer={
            <>
              <Button onPress={() => setOpen(false)}>{t('confirm.cancel')}</Button>
              <Button
                look="main"
                icon="folder"
                busy={open.isPending}
                blockedBy={path.trim() === '' ? '' : null}
                onPress={submit}
              >
                {t('imports.folderOpen')}
              </Button>
            </>
          }
        >
          <TextField label={t('imports.folderPath')} help={t('imports.folderHelp')} value={path} onChange={setPath} />
          <ActionError error={open.error} />
        </Dialog>
      )}
    </>
  );
}
