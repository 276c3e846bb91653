import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EnrolmentCodeView } from '#contracts/device.ts';
import { useCopy } from '#renderer/display/Digest.tsx';
import { ActionError } from '#renderer/display/QueryView.tsx';
import { Time } from '#renderer/display/Time.tsx';
import type { Station } from '#renderer/query/station-context.tsx';
import { useStationAction } from '#renderer/query/use-station-query.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { CheckField, NumberField, TextField } from '#renderer/ui/fields.tsx';
import { Notice } from '#renderer/ui/Notice.tsx';
import { Definition } from '#renderer/ui/structure.tsx';

type CodeRequest = Parameters<Station['fleet']['createCode']['mutate']>[0];

const FIRST: CodeRequest = { name: '', line: '', cell: '', redundancyGroup: null, safety: false, validMinutes: 30 };

interface EnrolDialogProps {
  readonly lines: readonly string[];
  readonly onClose: () => void;
}

/** Makes a one-time code and shows, once, the command that uses it. */
export function EnrolDialog({ lines, onClose }: EnrolDialogProps) {
  const create = useStationAction(
    (station, request: CodeRequest) => station.fleet.createCode.mutate(request),
    ['fleet'],
  );
  return create.data === undefined ? (
    <EnrolForm
      lines={lines}
      busy={create.isPending}
      error={create.error}
      onCreate={(request) => create.mutate(request)}
      onClose={onClose}
    />
  ) : (
    <EnrolCode code={create.data} onClose={onClose} />
  );
}

interface EnrolFormProps extends EnrolDialogProps {
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onCreate: (request: CodeRequest) => void;
}

function EnrolForm({ lines, busy, error, onCreate, onClose }: EnrolFormProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState<CodeRequest>({ ...FIRST, line: lines[0] ?? '' });
  const change = (next: Partial<CodeRequest>): void => setForm({ ...form, ...next });
  const isComplete = form.name.trim() !== '' && form.line.trim() !== '';
  return (
    <Dialog
      title={t('fleet.enrolTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('confirm.cancel')}</Button>
          <Button
            look="main"
            icon="key"
            busy={busy}
            blockedBy={isComplete ? null : t('fleet.enrolIncomplete')}
            onPress={() => onCreate(form)}
          >
            {t('fleet.enrolCreate')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('fleet.enrolName')}
        value={form.name}
        onChange={(name) => change({ name })}
        required
        maxLength={64}
      />
      <TextField
        label={t('fleet.enrolLine')}
        value={form.line}
        onChange={(line) => change({ line })}
        required
        maxLength={64}
      />
      <TextField label={t('fleet.enrolCell')} value={form.cell} onChange={(cell) => change({ cell })} maxLength={64} />
      <TextField
        label={t('fleet.enrolPair')}
        help={t('fleet.enrolPairHelp')}
        value={form.redundancyGroup ?? ''}
        onChange={(group) => change({ redundancyGroup: group === '' ? null : group })}
        maxLength={64}
      />
      <NumberField
        label={t('fleet.enrolMinutes')}
        value={form.validMinutes}
        min={1}
        max={1440}
        onChange={(validMinutes) => change({ validMinutes })}
      />
      <CheckField label={t('fleet.enrolSafety')} checked={form.safety} onChange={(safety) => change({ safety })} />
      <ActionError error={error} />
    </Dialog>
  );
}

function EnrolCode({ code, onClose }: { readonly code: EnrolmentCodeView; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const copy = useCopy();
  return (
    <Dialog
      title={t('fleet.codeTitle')}
      onClose={onClose}
      footer={
        <>
          <Button icon="copy" onPress={() => copy(code.command)}>
            {t('fleet.codeCopy')}
          </Button>
          <Button look="main" onPress={onClose}>
            {t('fleet.codeDone')}
          </Button>
        </>
      }
    >
      <Notice tone="warn">{t('fleet.codeOnce')}</Notice>
      <p className="field__label">{t('fleet.codeCommand')}</p>
      <pre className="enrol__command">{code.command}</pre>
      <Definition
        rows={[
          { term: t('fleet.column.name'), value: code.name },
          { term: t('fleet.codeStation'), value: <code>{code.stationUrl}</code> },
          { term: t('fleet.codeExpires'), value: <Time at={code.expiresAt} /> },
        ]}
      />
    </Dialog>
  );
}
