import { expect, it } from 'vitest';
import { MAX_WAITING_QUESTIONS, questionName, Questions } from '../../../src/adapter/node/questions.ts';
import { MAX_REQUEST_ID_LENGTH } from '../../../src/host/link-message.ts';
import type { ClientReply } from '../../../src/kv/client-message.ts';

const answerTo = (requestId: string): ClientReply => ({
  type: 'client-reply',
  requestId,
  outcome: { type: 'transferring' },
});

it('an answer is passed on once, when the turn is over, to who asked last', () => {
  const questions = new Questions();
  const heard: string[] = [];
  questions.add('r', () => heard.push('first'));
  questions.add('r', () => heard.push('second'));
  questions.take(answerTo('r'));
  questions.take(answerTo('r'));
  expect(heard).toEqual([]);
  questions.tell();
  questions.tell();
  expect(heard).toEqual(['second']);
});

it('a question that was forgotten is not answered, and forgets no later one of the same name', () => {
  const questions = new Questions();
  const heard: string[] = [];
  const forget = questions.add('r', () => heard.push('first'));
  questions.add('r', () => heard.push('second'));
  forget();
  questions.add('s', () => heard.push('third'))();
  questions.take(answerTo('s'));
  questions.take(answerTo('r'));
  questions.tell();
  expect(heard).toEqual(['second']);
});

it('who is answered may ask again at once', () => {
  const questions = new Questions();
  const heard: string[] = [];
  questions.add('r', () => questions.add('r', () => heard.push('again')));
  questions.take(answerTo('r'));
  questions.tell();
  questions.take(answerTo('r'));
  questions.tell();
  expect(heard).toEqual(['again']);
});

it(`${MAX_WAITING_QUESTIONS} questions wait; for one more the oldest is forgotten`, () => {
  const questions = new Questions();
  const heard: number[] = [];
  for (let number = 0; number <= MAX_WAITING_QUESTIONS; number++) {
    questions.add(String(number), () => heard.push(number));
  }
  expect(questions.size).toBe(MAX_WAITING_QUESTIONS);
  for (const number of [0, 1, MAX_WAITING_QUESTIONS]) questions.take(answerTo(String(number)));
  questions.tell();
  expect(heard).toEqual([1, MAX_WAITING_QUESTIONS]);
});

it('who asks very much pushes out its own questions, and nobody else’s', () => {
  const questions = new Questions();
  const heard: string[] = [];
  const ask = (asker: string, requestId: string): (() => void) =>
    questions.add(questionName(asker, requestId), () => heard.push(`${asker} ${requestId}`), asker);
  ask('quiet', '1');
  ask('quiet', '2');
  for (let number = 0; number < MAX_WAITING_QUESTIONS * 2; number++) ask('loud', String(number));
  expect(questions.size).toBe(MAX_WAITING_QUESTIONS);
  ask('late', '1');
  for (const name of ['quiet.1', 'quiet.2', 'late.1', 'loud.10002', 'loud.10003']) questions.take(answerTo(name));
  questions.tell();
  expect(heard).toEqual(['quiet 1', 'quiet 2', 'late 1', 'loud 10003']);
});

it('a name that is too long for the cluster is shortened, and stays one of its own', () => {
  const long = (end: string): string => questionName('asker', 'x'.repeat(MAX_REQUEST_ID_LENGTH - 1) + end);
  expect(long('a').length).toBeLessThanOrEqual(MAX_REQUEST_ID_LENGTH);
  const [first, again, other] = [long('a'), long('a'), long('b')];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});
