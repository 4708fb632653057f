import { Dialog } from 'radix-ui';
import { type SyntheticEvent, useState } from 'react';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import { useHand, useShown } from '../hooks.ts';
import '../styles/real.css';

/** Asks where a real cluster is. */
export function AttachDialog() {
  const [isOpen, setOpen] = useState(false);
  useShown('attach', () => setOpen(true));
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog">
          <Dialog.Title>Attach to a real cluster</Dialog.Title>
          <Dialog.Description className="lead">
            This page connects to each of its nodes, and shows them as it shows its own. Its own cluster stands still
            until you detach.
          </Dialog.Description>
          <AttachForm onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function AttachForm({ onDone }: { readonly onDone: () => void }) {
  const hand = useHand();
  const [address, setAddress] = useState('127.0.0.1:4101');
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isTrying, setTrying] = useState(false);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTrying(true);
    setProblem(undefined);
    hand.rewind(undefined);
    hand.clusters
      .attach(address, token === '' ? undefined : token)
      .then(onDone, (error: unknown) => setProblem(sentenceOfError(error)))
      .finally(() => setTrying(false));
  };
  return (
    <form onSubmit={submit}>
      <div className="attach-fields">
        <label>
          Address of any node
          <input
            className="field-input"
            required
            spellCheck={false}
            autoComplete="off"
            value={address}
            onChange={({ target }) => setAddress(target.value)}
          />
        </label>
        <label>
          Token, if the cluster asks for one
          <input
            className="field-input"
            type="password"
            autoComplete="off"
            value={token}
            onChange={({ target }) => setToken(target.value)}
          />
        </label>
        <p className="field-error" role="alert">
          {problem}
        </p>
      </div>
      <div className="form-buttons">
        <Dialog.Close asChild>
          <button type="button" className="button">
            Not now
          </button>
        </Dialog.Close>
        <button type="submit" className="button primary" disabled={isTrying}>
          {isTrying ? 'Attaching…' : 'Attach'}
        </button>
      </div>
    </form>
  );
}
