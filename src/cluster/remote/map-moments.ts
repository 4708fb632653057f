import type { EventBody } from '../../timeline/event.ts';
import type { NodePicture } from '../../timeline/picture.ts';

type Move = (momentUs: number) => number;

/** The event with every moment that it names moved from one clock to another. */
export function mapMoments(event: EventBody, move: Move): EventBody {
  switch (event.type) {
    case 'picture':
      return { ...event, picture: mapPicture(event.picture, move) };
    case 'clock-changed':
      return {
        ...event,
        deadlineUs: move(event.deadlineUs),
        heldUntilUs: maybe(event.heldUntilUs, move),
        promisedUntilUs: maybe(event.promisedUntilUs, move),
        waitUntilUs: maybe(event.waitUntilUs, move),
      };
    default:
      if ('deadlineUs' in event) return { ...event, deadlineUs: move(event.deadlineUs) };
      if ('untilUs' in event) return { ...event, untilUs: move(event.untilUs) };
      if ('dueUs' in event) return { ...event, dueUs: move(event.dueUs) };
      return event;
  }
}

function mapPicture(picture: NodePicture, move: Move): NodePicture {
  const { heldUntilUs, promisedUntilUs, waitUntilUs } = picture.lease;
  return {
    ...picture,
    deadlineUs: move(picture.deadlineUs),
    lease: {
      heldUntilUs: maybe(heldUntilUs, move),
      promisedUntilUs: maybe(promisedUntilUs, move),
      waitUntilUs: maybe(waitUntilUs, move),
    },
  };
}

function maybe(momentUs: number | undefined, move: Move): number | undefined {
  return momentUs === undefined ? undefined : move(momentUs);
}
