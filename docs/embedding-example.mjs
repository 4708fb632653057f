// A replicated store in a program of one's own. Here all three nodes are in one process, which is good for a try; elsewhere each
// process, on a machine of its own, starts one. Run it with: node docs/embedding-example.mjs FOLDER FIRST_PORT
import { RaftStore } from 'whitewater';

const [, , folder = 'data', port = '4201'] = process.argv;
const addressOf = (number) => `127.0.0.1:${Number(port) + number - 1}`;
const nodes = { n1: addressOf(1), n2: addressOf(2), n3: addressOf(3) };

// A node that knows of three, and is told to vote with two of them: the third joins later.
const members = ['n1', 'n2'];
const first = await RaftStore.start({ id: 'n1', nodes, members, folder });
const second = await RaftStore.start({ id: 'n2', nodes, members, folder });

first.on('leader', (leader, term) => console.log(`term ${term}: ${leader ?? 'nobody'} leads`));

await first.set('greeting', 'hello');
console.log(await second.get('greeting'));
console.log(await second.append('greeting', ' world'));
console.log(await first.cas('greeting', 'hello world', 'good-bye'), await first.cas('greeting', 'hello', 'again'));

const third = await RaftStore.start({ id: 'n3', nodes, members, folder });
await third.join();
console.log(await third.get('greeting'));

await third.delete('greeting');
console.log(await first.get('greeting'));

await Promise.all([first.close(), second.close(), third.close()]);
