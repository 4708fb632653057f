import { memo } from 'react';
import type { Role } from '../../raft/event.ts';
import { termColor } from '../term-color.ts';

/** What makes no claim to lead yet is drawn with gaps, and with more of them before it even stands. */
const dashes: Partial<Record<Role, string>> = { candidate: '2.4 2.3', 'pre-candidate': '1.2 1.6' };

/** A node's role as a small shape: follower an outline, candidate dashed, leader filled; dead hollow and grey. */
export const RoleMark = memo(function RoleMark({
  role,
  status,
  term,
}: {
  readonly role: Role;
  readonly status: 'up' | 'paused' | 'down';
  readonly term: number;
}) {
  const color = status === 'down' ? 'var(--line)' : termColor(term);
  const filled = role === 'leader' && status !== 'down';
  return (
    <svg className="role-mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <circle
        cx="6"
        cy="6"
        r="4.5"
        fill={filled ? color : 'none'}
        stroke={color}
        strokeWidth="2"
        strokeDasharray={status === 'down' ? undefined : dashes[role]}
      />
      {status === 'paused' && <path d="M3 9 L9 3" stroke="var(--ink)" strokeWidth="1.5" />}
    </svg>
  );
});

/** The same in a word. */
export function roleWord(role: Role, status: 'up' | 'paused' | 'down'): string {
  if (status === 'down') return 'down';
  return status === 'paused' ? `${role}, paused` : role;
}
