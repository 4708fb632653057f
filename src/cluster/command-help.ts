/** What a command's words stand for, in order; the last one may repeat. What completion offers depends on it. */
export type CommandSlot = 'node' | 'nodes' | 'key' | 'text' | 'command' | 'switches' | 'how';

/** One command of the command line, as a person is told of it. */
export interface CommandHelp {
  readonly name: CommandName;
  readonly usage: string;
  readonly example: string;
  /** What it does, in one short clause. */
  readonly summary: string;
  readonly group: 'keys' | 'nodes' | 'members' | 'network' | 'clock' | 'cluster';
  readonly slots: readonly CommandSlot[];
}

export type CommandName =
  | 'set'
  | 'get'
  | 'del'
  | 'append'
  | 'cas'
  | 'kill'
  | 'revive'
  | 'restart'
  | 'pause'
  | 'resume'
  | 'timeout'
  | 'snapshot'
  | 'transfer'
  | 'add'
  | 'promote'
  | 'demote'
  | 'remove'
  | 'members'
  | 'leave'
  | 'isolate'
  | 'cut'
  | 'heal'
  | 'split'
  | 'clog'
  | 'flap'
  | 'latency'
  | 'loss'
  | 'duplicate'
  | 'reorder'
  | 'replay'
  | 'disk'
  | 'damage'
  | 'swap'
  | 'copy'
  | 'restore'
  | 'slow'
  | 'drift'
  | 'jump'
  | 'play'
  | 'step'
  | 'speed'
  | 'undo'
  | 'hunt'
  | 'reset'
  | 'attach'
  | 'detach'
  | 'help';

type Row = readonly [name: CommandName, usage: string, example: string, summary: string, slots: readonly CommandSlot[]];

const groups: Readonly<Record<CommandHelp['group'], readonly Row[]>> = {
  keys: [
    ['set', 'KEY=VALUE or set KEY VALUE', 'x=5', 'write a value under a key', ['key', 'text']],
    [
      'get',
      'get KEY [via MODE] [on NODE] [not-before INDEX]',
      'get x via lease',
      'read a key; help get tells the ways',
      ['key', 'how'],
    ],
    ['del', 'del KEY', 'del x', 'delete a key', ['key']],
    ['append', 'append KEY TEXT', 'append x 7', 'add text to the end of a value', ['key', 'text']],
    [
      'cas',
      'cas KEY EXPECTED VALUE',
      'cas x 5 6',
      'write only if the key holds what is expected (none: if it is absent)',
      ['key', 'text', 'text'],
    ],
  ],
  nodes: [
    ['kill', 'kill NODE', 'kill 3', 'stop a node; what is not on its disk is lost', ['node']],
    ['revive', 'revive NODE', 'revive 3', 'start a dead node again from its disk', ['node']],
    ['restart', 'restart NODE', 'restart 3', 'kill and revive a node in the same moment', ['node']],
    ['pause', 'pause, or pause NODE', 'pause 3', 'stop the clock, or make one node stand still', ['node']],
    ['resume', 'resume NODE', 'resume 3', 'let a paused node go on', ['node']],
    ['timeout', 'timeout NODE', 'timeout 3', 'let a node’s election timer run out now', ['node']],
    ['snapshot', 'snapshot NODE', 'snapshot 3', 'let a node take a snapshot and forget its log up to there', ['node']],
    ['transfer', 'transfer NODE', 'transfer 3', 'let the leader hand its lead over to a node', ['node']],
  ],
  members: [
    ['add', 'add [NODE] [learner]', 'add n6', 'let a node into the cluster; a new one is started', ['node', 'text']],
    ['promote', 'promote NODE', 'promote 5', 'give a learner a vote', ['node']],
    ['demote', 'demote NODE', 'demote 3', 'make a voter a learner', ['node']],
    ['remove', 'remove NODE', 'remove 2', 'take a node out of the cluster', ['node']],
    ['members', 'members NODES [joint]', 'members 1 2 6', 'let these alone vote (joint: until leave)', ['nodes']],
    ['leave', 'leave', 'leave', 'end a joint configuration', []],
  ],
  network: [
    ['isolate', 'isolate NODE', 'isolate 3', 'cut every link of a node', ['node']],
    ['cut', 'cut NODE NODE, or cut NODE > NODE', 'cut 1 2', 'cut a link, both ways or one', ['node', 'node']],
    ['heal', 'heal, heal NODE, or heal NODE NODE', 'heal', 'heal all links, or some', ['node', 'node']],
    [
      'split',
      'split NODES | NODES, split bridge, or split ring',
      'split 1 2 | 3 4 5',
      'cut the cluster into groups; who stands in two reaches both',
      ['nodes'],
    ],
    ['clog', 'clog MS [on NODE NODE]', 'clog 500 on 1 2', 'hold back what is sent for so long', ['text']],
    [
      'flap',
      'flap DOWN [UP] [on NODE NODE]',
      'flap 300 700 on 1 2',
      'let a link go down and up (off: no more)',
      ['text'],
    ],
    ['latency', 'latency MS [SPREAD] [on NODE NODE]', 'latency 40 10', 'how long messages travel', ['text']],
    ['loss', 'loss PERCENT [on NODE NODE]', 'loss 10%', 'how many messages are lost', ['text']],
    ['duplicate', 'duplicate PERCENT [on NODE NODE]', 'duplicate 5%', 'how many messages arrive twice', ['text']],
    [
      'reorder',
      'reorder PERCENT MS [SPREAD] [on NODE NODE]',
      'reorder 20% 300 200',
      'how many messages are held back, and how long',
      ['text'],
    ],
    [
      'replay',
      'replay PERCENT MS [SPREAD] [on NODE NODE]',
      'replay 5% 2000 1000',
      'of how many messages a copy comes, and how much later',
      ['text'],
    ],
    [
      'disk',
      'disk MS [SPREAD], disk fails, full, ok or lies [WRITES] [on NODES]',
      'disk 50',
      'how long a write to disk takes, that the next one fails, that there is no room, or how many a crash loses',
      ['text'],
    ],
    [
      'damage',
      'damage NODE entry [INDEX], lost INDEX INDEX, state, snapshot, identity or torn',
      'damage 3 entry 5',
      'flip a bit on the disk of a dead node, lose entries, or leave half a write',
      ['node', 'text'],
    ],
    ['swap', 'swap NODE NODE', 'swap 2 3', 'swap the disks of two dead nodes', ['node', 'node']],
    ['copy', 'copy NODE', 'copy 3', 'put a copy of a dead node’s disk aside', ['node']],
    ['restore', 'restore NODE', 'restore 3', 'put the copy back: what the node promised since is forgotten', ['node']],
    ['slow', 'slow MS [SPREAD] [on NODES]', 'slow 40 20 on 3', 'how long a node takes over each message', ['text']],
    [
      'drift',
      'drift PPM [on NODES]',
      'drift 50000 on 3',
      'let clocks run so many millionths fast, or slow (-)',
      ['text'],
    ],
    ['jump', 'jump MS [on NODES]', 'jump 500 on 3', 'let clocks jump ahead', ['text']],
  ],
  clock: [
    ['play', 'play', 'play', 'let virtual time pass', []],
    ['step', 'step', 'step', 'pause, and go on by one event', []],
    ['speed', 'speed TIMES', 'speed 1/10', 'virtual time per real time, 1/1000 to 20', ['text']],
  ],
  cluster: [
    ['undo', 'undo', 'undo', 'undo the last action that can be undone', []],
    ['hunt', 'hunt', 'hunt', 'look for a run in which a cluster is wrong', []],
    [
      'reset',
      'reset [nodes N] [seed N] [SWITCHES] [sabotage NAME]',
      'reset nodes 7 forwarding',
      'throw the cluster away and start a new one; Tab offers its switches',
      ['switches'],
    ],
    ['attach', 'attach ADDRESS [TOKEN]', 'attach 127.0.0.1:4101', 'watch a real cluster, and act on it', ['text']],
    ['detach', 'detach', 'detach', 'let go of it, back to the playground’s own', []],
    ['help', 'help [COMMAND]', 'help cut', 'what can be typed here', ['command']],
  ],
};

const groupNames = ['keys', 'nodes', 'members', 'network', 'clock', 'cluster'] as const;

/** Every command, in the order in which it is best read. */
export const commandHelp: readonly CommandHelp[] = groupNames.flatMap((group) =>
  groups[group].map(([name, usage, example, summary, slots]) => ({ name, usage, example, summary, group, slots })),
);

/** Other words for the same commands. */
export const commandAliases: Readonly<Record<string, CommandName>> = {
  delete: 'del',
  join: 'add',
  put: 'set',
  write: 'set',
  read: 'get',
  start: 'revive',
  partition: 'split',
  unpause: 'resume',
  lose: 'loss',
  drop: 'loss',
  duplication: 'duplicate',
  '?': 'help',
};
