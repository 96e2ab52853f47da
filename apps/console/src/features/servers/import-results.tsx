import { CircleAlert, Equal, Pencil, Plus } from 'lucide-react';
import type { ConsoleImportServersMutation } from '@usher/api-client';
import type { ReactNode } from 'react';
import { kindName, VendorGlyph } from '../../components/glyphs.js';
import { plural } from '../../format/units.js';
import { hostOf } from './server-list.js';

export type ImportResult = ConsoleImportServersMutation['importServers'];

const WORDS = { CREATE: 'new', UPDATE: 'changed', SAME: 'unchanged', ERROR: 'failed' } as const;
const ICONS = {
  CREATE: <Plus size={14} className="text-play" aria-hidden />,
  UPDATE: <Pencil size={14} className="text-warning" aria-hidden />,
  SAME: <Equal size={14} className="faint" aria-hidden />,
  ERROR: <CircleAlert size={14} className="text-danger" aria-hidden />,
} as const;

/** Sum of a dry run or of an applied import, in words. */
export function importSummary(result: ImportResult): string {
  const verb = result.applied ? '' : 'would be ';
  return [
    `${result.created} ${verb}created`,
    `${result.updated} ${verb}changed`,
    `${result.unchanged} unchanged`,
    ...(result.failed > 0 ? [`${result.failed} failed`] : []),
  ].join(' · ');
}

/** One line per row of the file: what happens to it, or what is wrong with it and what to do. */
export function ImportResults({ result }: { result: ImportResult }): ReactNode {
  return (
    <div className="import-results">
      <p className="import-sum" role="status">
        {importSummary(result)}
        <span className="dim"> of {plural(result.results.length, 'row')}</span>
      </p>
      <ul>
        {result.results.map((row) => (
          <li key={row.index} className={row.status === 'ERROR' ? 'failed' : ''}>
            {ICONS[row.status]}
            <div className="import-what">
              <span className="inline">
                {row.test?.kind && <VendorGlyph kind={row.test.kind} size={14} />}
                <strong className="clip">{row.alias ?? hostOf(row.url)}</strong>
                <span className="dim small clip">{hostOf(row.url)}</span>
              </span>
              {row.test?.ok && (
                <span className="small dim">
                  {kindName(row.test.kind)} {row.test.version}
                  {row.matchedBy && ` · found by ${row.matchedBy}`}
                </span>
              )}
              {row.changes.length > 0 && row.status === 'UPDATE' && <span className="small dim">Changes: {row.changes.map(({ field }) => field).join(', ')}</span>}
              {row.message && (
                <span className="small">
                  {row.message} {row.next && <span className="dim">{row.next}</span>}
                </span>
              )}
            </div>
            <span className="import-end small">
              <span className={row.status === 'ERROR' ? 'text-danger' : 'dim'}>{WORDS[row.status]}</span>
              {row.code && <code className="dim">{row.code}</code>}
              {row.line !== null && <span className="faint">row {row.line}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
