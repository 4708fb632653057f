import * as v from 'valibot';
import { MAX_ADDRESSES } from '../transport/node-address.ts';
import type { SomePlaces } from './cluster-config.ts';
import { hostPortText, parseHostPort, type HostPort } from './host-port.ts';

const notAnAddress = 'must be an address such as 127.0.0.1:4101';

/** An address, or a list of them: `host:port` each, 1 to {@link MAX_ADDRESSES}, none twice. */
export const placesSchema: v.GenericSchema<unknown, SomePlaces> = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const { value } = dataset;
    const read = Array.isArray(value) ? placesIn(value) : placeIn(value);
    if (!('message' in read)) return read;
    const { message, at } = read;
    if (at === undefined || !Array.isArray(value)) addIssue({ message });
    else {
      const input: unknown = value[at];
      addIssue({ message, input, path: [{ type: 'array', origin: 'value', input: value, key: at, value: input }] });
    }
    return NEVER;
  }),
);

/** What is wrong, and with which of several. */
interface Fault {
  readonly message: string;
  readonly at?: number;
}

function placeIn(value: unknown): SomePlaces | Fault {
  const place = typeof value === 'string' ? parseHostPort(value) : undefined;
  return place === undefined ? { message: notAnAddress } : [place];
}

function placesIn(values: readonly unknown[]): SomePlaces | Fault {
  if (values.length > MAX_ADDRESSES) return { message: `must have at most ${MAX_ADDRESSES} addresses` };
  const places: HostPort[] = [];
  for (const [at, value] of values.entries()) {
    const read = placeIn(value);
    if ('message' in read) return { ...read, at };
    const [place] = read;
    const text = hostPortText(place);
    if (places.some((other) => hostPortText(other) === text)) return { message: 'must have each address once', at };
    places.push(place);
  }
  const [first, ...others] = places;
  return first === undefined ? { message: 'must have at least one address' } : [first, ...others];
}
