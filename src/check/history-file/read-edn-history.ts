import { EdnReader, type EdnValue, type Literals } from './edn.ts';
import { EventReader, isClient, type HistoryEvent } from './history-event.ts';

/** The events of a history in EDN: maps, one after the other, or in one list. `error` is one sentence with the line. */
export function readEdnHistory(
  text: string,
  literals: Literals,
): { readonly events: readonly HistoryEvent[] } | { readonly error: string } {
  const reader = new EdnReader(text, literals);
  const events: HistoryEvent[] = [];
  const eventReader = new EventReader();
  const isList = reader.enter();
  for (;;) {
    if (isList && reader.leave()) break;
    const form = reader.next();
    if (form === undefined && isList) return { error: `Line ${reader.line}: the list of operations is not closed.` };
    if (form === undefined) return { events };
    if ('fault' in form) return { error: `Line ${form.line}: this is not EDN: ${form.fault}.` };
    if (!isMap(form.value)) {
      return { error: `Line ${form.line}: an operation must be a map, as {:process 0, :type :invoke, …}.` };
    }
    const parsed = eventReader.eventOf(form.value, form.line);
    if ('error' in parsed) return parsed;
    if (isClient(parsed.event.process)) events.push(parsed.event);
  }
  const after = reader.next();
  if (after === undefined) return { events };
  return { error: `Line ${after.line}: there is something after the end of the list of operations.` };
}

function isMap(value: EdnValue): value is Extract<EdnValue, { readonly entries: unknown }> {
  return typeof value === 'object' && 'entries' in value;
}
