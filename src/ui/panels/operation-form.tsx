import { useState } from 'react';
import { checkOperation } from '../../kv/limits.ts';
import type { ClientReadMode, Operation } from '../../kv/command.ts';
import { readModes } from '../../cluster/read-modes.ts';

const kinds: readonly { readonly type: Operation['type']; readonly label: string }[] = [
  { type: 'set', label: 'set' },
  { type: 'get', label: 'get' },
  { type: 'delete', label: 'delete' },
  { type: 'append', label: 'append' },
  { type: 'compare-and-set', label: 'compare and set' },
];

export interface OperationFormProps {
  readonly ask: (operation: Operation) => void;
  readonly refuse: (sentence: string) => void;
}

/** The same as the command line's operations, field by field. */
export function OperationForm({ ask, refuse }: OperationFormProps) {
  const [type, setType] = useState<Operation['type']>('set');
  const [key, setKey] = useState('');
  const [expected, setExpected] = useState('');
  const [value, setValue] = useState('');
  const [mode, setMode] = useState<ClientReadMode | ''>('');
  const [notBefore, setNotBefore] = useState('');
  const hasValue = type !== 'get' && type !== 'delete';
  const submit = (): void => {
    const operation = operationFrom(type, { key, expected, value, mode, notBefore });
    const problem = checkOperation(operation);
    if (problem === undefined) ask(operation);
    else refuse(problem);
  };
  return (
    <form
      className={type === 'get' ? 'operation wrapped' : 'operation'}
      aria-label="Ask the store"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <select
        aria-label="Operation"
        value={type}
        onChange={(event) => setType(kinds.find((kind) => kind.type === event.target.value)?.type ?? 'set')}
      >
        {kinds.map((kind) => (
          <option key={kind.type} value={kind.type}>
            {kind.label}
          </option>
        ))}
      </select>
      <input
        type="text"
        aria-label="Key"
        placeholder="key"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        value={key}
        onChange={(event) => setKey(event.target.value)}
      />
      {type === 'compare-and-set' && (
        <input
          type="text"
          aria-label="Expected value; empty: the key is absent"
          placeholder="expected, or absent"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={expected}
          onChange={(event) => setExpected(event.target.value)}
        />
      )}
      {type === 'get' ? (
        <>
          <ReadModeSelect mode={mode} onChange={setMode} />
          <input
            className="not-before"
            type="number"
            inputMode="numeric"
            min={0}
            max={Number.MAX_SAFE_INTEGER}
            step={1}
            aria-label="Not before this index; empty: no matter"
            title="An index: the answer is no older than that entry"
            placeholder="not before"
            value={notBefore}
            onChange={(event) => setNotBefore(event.target.value)}
          />
        </>
      ) : (
        <input
          type="text"
          aria-label="Value"
          placeholder={hasValue ? 'value' : ''}
          disabled={!hasValue}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={hasValue ? value : ''}
          onChange={(event) => setValue(event.target.value)}
        />
      )}
      <button type="submit">Ask</button>
    </form>
  );
}

/** How a read is to be answered. */
function ReadModeSelect({
  mode,
  onChange,
}: {
  readonly mode: ClientReadMode | '';
  readonly onChange: (mode: ClientReadMode | '') => void;
}) {
  return (
    <select
      aria-label="Answered via"
      title={readModes.find((one) => one.mode === mode)?.meaning}
      value={mode}
      onChange={(event) => onChange(readModes.find((one) => one.mode === event.target.value)?.mode ?? '')}
    >
      <option value="">via …</option>
      {readModes.map((one) => (
        <option key={one.mode} value={one.mode} title={one.meaning}>
          {one.mode}
        </option>
      ))}
    </select>
  );
}

interface Fields {
  readonly key: string;
  readonly expected: string;
  readonly value: string;
  /** Empty: as the run has it. */
  readonly mode: ClientReadMode | '';
  /** An index; empty: no matter. */
  readonly notBefore: string;
}

function operationFrom(type: Operation['type'], { key, expected, value, mode, notBefore }: Fields): Operation {
  switch (type) {
    case 'get':
      return { type, key, ...(mode !== '' && { mode }), ...(notBefore !== '' && { notBefore: Number(notBefore) }) };
    case 'delete':
      return { type, key };
    case 'compare-and-set':
      return { type, key, expected: expected === '' ? undefined : expected, value };
    default:
      return { type, key, value };
  }
}
