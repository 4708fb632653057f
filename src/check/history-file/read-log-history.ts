import { brief, EdnReader, type EdnValue, type Literals } from './edn.ts';
import { eventOf, isClient, type HistoryEvent } from './history-event.ts';

/** `INFO  jepsen.util - 3	:invoke	:write	4`: whatever the logger puts before, then process, type, function and value. */
const operation = /(?:^|[\s\]])(\d+|:?nemesis)[ \t]+(:\S*)(?:[ \t]+(\S+))?(?:[ \t]+(\S.*))?$/;

/** How a line of a log begins that is no operation: a level or a moment, or a further line of a stack trace. */
const otherLine =
  /^(?:\s|TRACE\b|DEBUG\b|INFO\b|WARN\b|ERROR\b|FATAL\b|\[|\d{4}-\d\d-\d\d|Caused by:|[\w.$]+(?:Exception|Error)\b)/;

/**
 * The events of a history in the form of Jepsen's log. Lines of other loggers are passed over; a line that begins like an
 * operation must be a whole one. `error` is one sentence with the line.
 */
export function readLogHistory(
  text: string,
  literals: Literals,
): { readonly events: readonly HistoryEvent[] } | { readonly error: string } {
  const events: HistoryEvent[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const content = raw.trimEnd();
    if (content === '') continue;
    const match = operation.exec(content);
    if (match === null) {
      if (otherLine.test(content) && !content.includes('jepsen.util') && !isCutOff(text, raw)) continue;
      return { error: `Line ${line} is neither an operation nor another line of a log: ${brief(content)}` };
    }
    const [, process = '', type = '', name, value] = match;
    if (name === undefined) return { error: `Line ${line}: :f is missing; the line ends after ${brief(type)}.` };
    const parsed = valueOf(value, literals, line);
    if ('error' in parsed) return parsed;
    const entries = new Map<string, EdnValue>([
      [':process', /^\d/.test(process) ? Number(process) : literals.of(':nemesis')],
      [':type', literals.of(type)],
      [':f', literals.of(name)],
      [':value', parsed.value],
    ]);
    const read = eventOf({ entries }, line);
    if ('error' in read) return read;
    if (!isClient(read.event.process)) continue;
    if (value === undefined) return { error: `Line ${line}: :value is missing; the line ends after ${brief(name)}.` };
    events.push(read.event);
  }
  return { events };
}

/** A last line that no line break ends may be the begin of anything. */
function isCutOff(text: string, line: string): boolean {
  return !text.endsWith('\n') && text.endsWith(line);
}

/** The first form counts; what stands behind it is a reason, in words of its own. */
function valueOf(
  text: string | undefined,
  literals: Literals,
  line: number,
): { readonly value: EdnValue } | { readonly error: string } {
  const form = new EdnReader(text ?? 'nil', literals, line).next();
  if (form === undefined) return { value: undefined };
  return 'fault' in form ? { error: `Line ${line}: :value is not EDN: ${form.fault}.` } : form;
}
