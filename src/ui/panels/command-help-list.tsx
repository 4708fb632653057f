import { commandHelp } from '../../cluster/command-help.ts';
import { readHelp } from '../../cluster/read-modes.ts';

/** What the command line takes, to be read and tried. It lies over the requests until it is closed. */
export function CommandHelpList({
  topic,
  tryLine,
  close,
}: {
  readonly topic: string | undefined;
  readonly tryLine: (line: string) => void;
  readonly close: () => void;
}) {
  const listed = topic === undefined ? commandHelp : commandHelp.filter(({ name }) => name === topic);
  return (
    <div className="command-help" role="region" aria-label="What the command line takes">
      <div className="command-help-head">
        <span>Nodes are written 3, n3 or leader; text with spaces in quotes.</span>
        <button type="button" onClick={close}>
          Close help
        </button>
      </div>
      <ul>
        {listed.map(({ name, usage, example, summary }) => (
          <li key={name}>
            <code>{usage}</code>
            <span>{summary}</span>
            <button type="button" onClick={() => tryLine(example)} title={`Run ${example}`}>
              {example}
            </button>
          </li>
        ))}
        {topic === 'get' &&
          readHelp.map(([way, meaning]) => (
            <li key={way}>
              <code>{way}</code>
              <span>{meaning}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}
