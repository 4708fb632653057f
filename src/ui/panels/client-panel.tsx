import { useCallback, useState } from 'react';
import { CommandHelpList } from './command-help-list.tsx';
import { CommandInput } from './command-input.tsx';
import { OperationForm } from './operation-form.tsx';
import { QuickActions } from './quick-actions.tsx';
import { RequestList } from './request-list.tsx';
import { useCommandLine } from './use-command-line.ts';
import '../styles/panels.css';

/** What was asked, and what came of it: a command line, the same as a form, and every request with its fate. */
export function ClientPanel() {
  const [help, setHelp] = useState<{ readonly topic: string | undefined }>();
  const onHelp = useCallback((command: { readonly topic: string | undefined }) => setHelp(command), []);
  const { said, runLine, run, say } = useCommandLine(onHelp);
  const closeHelp = useCallback(() => setHelp(undefined), []);
  return (
    <section className="panel client" aria-label="Client: what was asked, and what came of it">
      <CommandInput runLine={runLine} />
      <p className={`said ${said?.tone ?? 'info'}`} role="status" title={said?.text}>
        {said?.text ?? 'Ask the store or act on the cluster; Tab completes, help explains.'}
      </p>
      <OperationForm
        ask={(operation) => run({ type: 'operation', operation })}
        refuse={(text) => say({ tone: 'problem', text })}
      />
      <QuickActions run={run} showHelp={() => setHelp({ topic: undefined })} />
      {help === undefined ? (
        <RequestList />
      ) : (
        <CommandHelpList topic={help.topic} tryLine={runLine} close={closeHelp} />
      )}
    </section>
  );
}
