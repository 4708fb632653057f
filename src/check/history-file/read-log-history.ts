import { brief, EdnReader, type EdnValue, type Literals } from './edn.ts';
import { EventReader, isClient, type HistoryEvent } from './history-event.ts';

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
  const eventReader = new EventReader();
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const content = raw.trimEnd();
    if (content === '') continue;
    const parts = partsOf(content);
    if (parts === undefined) {
      if (otherLine.test(content) && !content.includes('jepsen.util') && !isCutOff(text, raw)) continue;
      return { error: `Line ${line} is neither an operation nor another line of a log: ${brief(content)}` };
    }
    const { process, type, name, value } = parts;
    if (name === undefined) return { error: `Line ${line}: :f is missing; the line ends after ${brief(type)}.` };
    const parsed = valueOf(value, literals, line);
    if ('error' in parsed) return parsed;
    const entries = new Map<string, EdnValue>([
      [':process', /^\d/.test(process) ? Number(process) : literals.of(':nemesis')],
      [':type', literals.of(type)],
      [':f', literals.of(name)],
      [':value', parsed.value],
    ]);
    const read = eventReader.eventOf({ entries }, line);
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

/** The parts of a line that are an operation's, as far as the line goes. */
interface Parts {
  readonly process: string;
  readonly type: string;
  readonly name: string | undefined;
  readonly value: string | undefined;
}

/**
 * Finds the operation in `INFO  jepsen.util - 3	:invoke	:write	4`, whatever the logger puts before: the first keyword
 * behind a number or a nemesis is its type. Undefined where there is none. By hand, since there are many lines.
 */
function partsOf(line: string): Parts | undefined {
  for (let colon = line.indexOf(':'); colon !== -1; colon = line.indexOf(':', colon + 1)) {
    const end = endBefore(line, colon);
    if (end === colon) continue;
    let begin = end;
    while (begin > 0 && !isBlank(line, begin - 1) && line[begin - 1] !== ']') begin -= 1;
    const process = line.slice(begin, end);
    if (!/^(?:\d+|:?nemesis)$/.test(process)) continue;
    const [type = '', name] = line.slice(colon).split(/[ \t]+/, 2);
    const value = line.slice(afterTwo(line, colon));
    return { process, type, name, value: value === '' ? undefined : value };
  }
  return undefined;
}

/** Where the white space begins that ends at this place. */
function endBefore(line: string, place: number): number {
  let end = place;
  while (end > 0 && isBlank(line, end - 1)) end -= 1;
  return end;
}

/** Where the third word begins, counted from the word at this place. */
function afterTwo(line: string, place: number): number {
  let at = place;
  for (let word = 0; word < 2; word += 1) {
    while (at < line.length && !isBlank(line, at)) at += 1;
    while (at < line.length && isBlank(line, at)) at += 1;
  }
  return at;
}

function isBlank(line: string, place: number): boolean {
  return line[place] === ' ' || line[place] === '\t';
}
