import { ConsoleMigrationReportDocument } from '@usher/api-client';
import { useState } from 'react';
import { useClient } from 'urql';
import { problemOf, type Problem } from '../../api/problem.js';
import { reportFile, saveFile } from './save-file.js';

export interface ReportSaving {
  /** Parts that were read, while it is being read. */
  readonly read: number | null;
  readonly problem: Problem | null;
  save(): void;
}

/** Reads the signed report part by part and offers it as one file. */
export function useReport(runId: string): ReportSaving {
  const client = useClient();
  const [state, setState] = useState<{ read: number | null; problem: Problem | null }>({ read: null, problem: null });
  const save = async () => {
    if (state.read !== null) return;
    const texts: string[] = [];
    setState({ read: 0, problem: null });
    for (let part = 0, parts = 1, jws = ''; part < parts; part += 1) {
      const { data, error } = await client.query(ConsoleMigrationReportDocument, { runId, part }, { requestPolicy: 'network-only' }).toPromise();
      if (!data) return setState({ read: null, problem: problemOf(error) });
      ({ parts, jws } = data.migrationReport);
      texts.push(data.migrationReport.text);
      setState({ read: texts.length, problem: null });
      if (part === parts - 1) saveFile(`migration-report-${runId.slice(-8)}.json`, reportFile(texts.join(''), jws), 'application/json');
    }
    return setState({ read: null, problem: null });
  };
  return { ...state, save: () => void save() };
}
