import * as v from 'valibot';
import { faultOf } from '../../timeline/schema-fault.ts';
import { printEdn, type EdnMap, type EdnValue } from './edn.ts';

/** One line of a history: a client invokes something, or is told what came of it. */
export interface HistoryEvent {
  readonly line: number;
  /** Who: a number or a name, as text. */
  readonly process: string;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** The name of the function, without its colon. */
  readonly name: string;
  readonly value: EdnValue;
  /** The key where the line has a field for it. */
  readonly key: { readonly value: EdnValue } | undefined;
}

const nameOf = (message: string): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(message),
    v.regex(/^:[^/]/, message),
    v.transform((keyword) => keyword.slice(1)),
  );

const eventSchema = v.object({
  ':process': v.union(
    [
      v.pipe(v.number(), v.integer(), v.minValue(0), v.transform(String)),
      v.pipe(v.string(), v.minLength(1)),
      v.pipe(
        v.object({ literal: v.string() }),
        v.transform(({ literal }) => literal),
      ),
    ],
    'must be a number or a name, as 3 or :nemesis',
  ),
  ':type': v.pipe(
    v.picklist([':invoke', ':ok', ':fail', ':info'], 'must be :invoke, :ok, :fail or :info'),
    v.transform((type) => type.slice(1)),
    v.picklist(['invoke', 'ok', 'fail', 'info']),
  ),
  ':f': nameOf('must be a keyword, as :read'),
});

/** Whether the process is a client of the system, and not what disturbs it: operations of a nemesis are none. */
export function isClient(process: string): boolean {
  return !process.startsWith(':nemesis');
}

/** What a line says of itself, besides its value. */
type Heading = Pick<HistoryEvent, 'process' | 'type' | 'name'>;

/** Makes events of maps. A history has few different headings and many lines, so each is held against the schema once. */
export class EventReader {
  readonly #sound = new Map<string, Heading>();

  /** Believes a map only if it is an operation in every part; `error` is one sentence with line and field. */
  eventOf({ entries }: EdnMap, line: number): { readonly event: HistoryEvent } | { readonly error: string } {
    const name = `${printEdn(entries.get(':process'))} ${printEdn(entries.get(':type'))} ${printEdn(entries.get(':f'))}`;
    let heading = this.#sound.get(name);
    if (heading === undefined) {
      const parsed = headingOf(entries);
      if (typeof parsed === 'string') return { error: `Line ${line}: ${parsed}` };
      heading = parsed;
      this.#sound.set(name, heading);
    }
    const key = entries.has(':key') ? { value: entries.get(':key') } : undefined;
    return { event: { line, ...heading, value: entries.get(':value'), key } };
  }
}

/** The heading, or what is wrong with it. */
function headingOf(entries: EdnMap['entries']): Heading | string {
  const text = (key: string): string | undefined => (entries.has(key) ? plain(entries.get(key)) : undefined);
  const given = { ':process': entries.get(':process'), ':type': text(':type'), ':f': text(':f') };
  const parsed = v.safeParse(eventSchema, given, { abortEarly: true });
  if (!parsed.success) return faultOf(parsed.issues, 'the operation');
  return { process: parsed.output[':process'], type: parsed.output[':type'], name: parsed.output[':f'] };
}

/** A keyword as it is written, a string as its own text: some writers put one for the other. */
function plain(value: EdnValue): string {
  return typeof value === 'string' ? `:${value}` : printEdn(value);
}
