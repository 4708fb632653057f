/** A pre-candidate asks whether it would be elected, and is otherwise as a follower that knows no leader (thesis 9.6). */
export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';
