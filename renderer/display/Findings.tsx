import { useTranslation } from 'react-i18next';
import type { Finding } from '#contracts/primitives.ts';
import { Status } from './Status.tsx';
import type { Tone } from './status-marks.ts';
import type { IconName } from '#renderer/ui/icons.ts';
import './findings.css';

const MARKS: Readonly<Record<Finding['severity'], { tone: Tone; icon: IconName }>> = {
  block: { tone: 'bad', icon: 'error' },
  warn: { tone: 'warn', icon: 'warning' },
  info: { tone: 'n', icon: 'info' },
};

/** Things that are not as they must be, each with its code and what to do. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useTranslation();
  return (
    <ul className="findings">
      {findings.map((finding, index) => (
        <li className="findings__item" key={`${finding.code}-${finding.at}-${index}`}>
          <Status {...MARKS[finding.severity]} text={t(`finding.${finding.severity}`)} />
          <div className="grow">
            <p>{finding.message}</p>
            {finding.next !== undefined && <p className="soft">{finding.next}</p>}
            <p className="soft small">
              <code>{finding.code}</code> <span className="mono">{finding.at}</span>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
