import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { diffParts, type PartChange } from '#core/provenance/index.ts';
import { QueryView } from '#renderer/display/QueryView.tsx';
import { useStationQuery } from '#renderer/query/use-station-query.ts';
import { SelectField, TextField } from '#renderer/ui/fields.tsx';
import { Panel } from '#renderer/ui/structure.tsx';
import type { BundleDetail } from './bundle-detail.ts';

type Component = BundleDetail['components'][number];

/** More rows than this make a page slow; the search finds the others. */
const MOST_ROWS = 300;

/** The signed parts list: searched by name, version, package, licence or digest. */
export function PartsPanel({ bundle }: { readonly bundle: BundleDetail }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = bundle.components.filter((component) => textOf(component).includes(wanted));
  if (bundle.components.length === 0)
    return (
      <Panel title={t('bundles.components')}>
        <p className="soft">{t('bundles.noComponents')}</p>
      </Panel>
    );
  return (
    <Panel title={t('bundles.components')}>
      <TextField label={t('bundles.parts.search')} value={search} onChange={setSearch} maxLength={200} />
      <p className="soft small">
        {t('bundles.parts.shown', { shown: Math.min(found.length, MOST_ROWS), count: bundle.components.length })}
      </p>
      <PartsTable components={found.slice(0, MOST_ROWS)} />
      <PartsDiff bundle={bundle} />
    </Panel>
  );
}

function textOf({ name, version, type, purl, licences, sha256, supplier }: Component): string {
  return [name, version, type, purl, sha256, supplier, ...licences].join(' ').toLowerCase();
}

function PartsTable({ components }: { readonly components: readonly Component[] }) {
  const { t } = useTranslation();
  return (
    <div className="table-scroll">
      <table className="data-table">
        <thead>
          <tr>
            <th>{t('bundles.component.name')}</th>
            <th>{t('bundles.component.version')}</th>
            <th>{t('bundles.component.type')}</th>
            <th>{t('bundles.parts.licence')}</th>
            <th>{t('bundles.parts.supplier')}</th>
          </tr>
        </thead>
        <tbody>
          {components.map((component, at) => (
            <tr key={`${component.name}@${component.version} ${String(at)}`}>
              <th scope="row">
                {component.name}
                {component.purl !== null && <div className="soft small mono">{component.purl}</div>}
              </th>
              <td className="mono">{component.version}</td>
              <td>{component.type}</td>
              <td>{component.licences.join(', ')}</td>
              <td>{component.supplier}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What changed against another accepted version of the model. */
function PartsDiff({ bundle }: { readonly bundle: BundleDetail }) {
  const { t } = useTranslation();
  const { digest, model } = bundle.summary;
  const [chosen, setChosen] = useState('');
  const list = useStationQuery(['bundles', 'list'], (station) => station.bundles.list.query());
  const others = (list.data ?? []).filter((one) => one.model === model && one.digest !== digest);
  const before = others.find((one) => one.digest === chosen);
  if (others.length === 0) return null;
  return (
    <>
      <SelectField
        label={t('bundles.parts.compare')}
        value={chosen}
        options={[
          { value: '', label: t('bundles.parts.compareNone') },
          ...others.map((one) => ({ value: one.digest, label: one.version })),
        ]}
        onChange={setChosen}
      />
      {before !== undefined && <Changes before={before.digest} after={bundle} />}
    </>
  );
}

function Changes({
  before,
  after,
}: {
  readonly before: BundleDetail['summary']['digest'];
  readonly after: BundleDetail;
}) {
  const { t } = useTranslation();
  const old = useStationQuery(['bundles', 'one', before], (station) => station.bundles.get.query({ digest: before }));
  return (
    <QueryView query={old}>
      {(data) => {
        const changes = diffParts(data.components, after.components);
        if (changes.length === 0) return <p>{t('bundles.parts.same')}</p>;
        return (
          <ul aria-label={t('bundles.parts.changes')}>
            {changes.slice(0, MOST_ROWS).map((change, at) => (
              <li key={String(at)} data-change={change.kind}>
                {t(`bundles.parts.${change.kind}`, { before: partText(change.before), after: partText(change.after) })}
              </li>
            ))}
          </ul>
        );
      }}
    </QueryView>
  );
}

function partText(part: PartChange['before']): string {
  if (part === null) return '';
  const digest = part.sha256 === null ? '' : ` ${part.sha256.slice(0, 12)}`;
  return `${part.name} ${part.version ?? ''} ${part.licences.join(', ')}${digest}`.trim();
}
